from pathlib import Path

import pytest

from assistant import settings
from assistant.errors import ContentError

GOOD = 'name: Elm\nphone: "020 7946 0018"\nhours: null\nwebsite: null\nregion: us\nlanguages: [English]\n'


def test_the_projects_settings_can_be_read() -> None:
    assert settings.load().region in ("uk", "us", "eu")


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("region: us", "region: mars", r"clinic\.yml:5: region: unexpected value"),
        ('"020 7946 0018"', '"call me"', r"clinic\.yml:2: phone: string does not match"),
        ("name: Elm", "name: ''", r"clinic\.yml:1: name: "),
        ("hours: null", "hours: null\nfax: 1", r"clinic\.yml:4: fax: extra fields"),
        ("name: Elm\n", "", r"clinic\.yml:1: name: field required"),
    ],
)
def test_a_wrong_setting_is_named_with_its_line(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    path = tmp_path / "clinic.yml"
    path.write_text(GOOD.replace(old, new))
    with pytest.raises(ContentError, match=complaint):
        settings.load(path)
