from pathlib import Path

import pytest

from assistant import settings
from assistant.errors import AssistantError, ContentError

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


@pytest.mark.parametrize(
    ("added", "complaint"),
    [
        ("web: {sites: ['www.example.org']}", r"web\.sites\.0: string does not match"),
        ("web: {sites: ['https://www.example.org/page']}", r"web\.sites\.0: string does not match"),
        ("web: {sites: ['*']}", r"web\.sites\.0: string does not match"),
        ("web: {public_url: 'https://b12.example/'}", r"web\.public_url: string does not match"),
        ("web: {trusted_proxies: ['everybody']}", r"web\.trusted_proxies\.0: 'everybody' does not appear"),
        ("web: {trusted_proxies: ['10.0.0.1/8']}", r"web\.trusted_proxies\.0: 10\.0\.0\.1/8 has host bits"),
        ("web: {chat_minutes: 0}", r"web\.chat_minutes: ensure this value is greater"),
        ("web: {chat_minutes: '30'}", r"web\.chat_minutes: value is not a valid integer"),
        ("web: {limits: {messages_per_minute: 0}}", r"web\.limits\.messages_per_minute: ensure"),
        ("web: {limits: {messages_per_hour: 9}}", r"web\.limits\.messages_per_hour: extra fields"),
        ("kiosk: {idle_seconds: 5}", r"kiosk\.idle_seconds: ensure"),
        ("kiosk: {warning_seconds: 19}", r"kiosk\.warning_seconds: ensure"),
        ("kiosk: {panel_width_mm: 0}", r"kiosk\.panel_width_mm: ensure"),
        ("kiosk: {desk: ''}", r"kiosk\.desk: "),
        ("kiosk: null", r"kiosk: none is not an allowed value"),
    ],
)
def test_a_wrong_setting_of_the_website_or_the_kiosk_is_named(tmp_path: Path, added: str, complaint: str) -> None:
    path = tmp_path / "clinic.yml"
    path.write_text(f"{GOOD}{added}\n")
    with pytest.raises(ContentError, match=complaint):
        settings.load(path)


def test_the_kiosks_sizes_follow_its_panel_and_the_distance() -> None:
    common = settings.Kiosk()  # 21.5 inches, full HD, 600 mm away
    assert (common.text_px, common.bigger_text_px, common.target_px) == (28, 43, 61)
    far = settings.Kiosk(viewing_distance_mm=900)
    assert far.text_px == 28 and far.bigger_text_px == 64
    fine = settings.Kiosk(panel_width_px=3840)
    assert (fine.text_px, fine.bigger_text_px, fine.target_px) == (56, 85, 122)
    near = settings.Kiosk(viewing_distance_mm=300)
    assert near.bigger_text_px == near.text_px


def test_another_file_may_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "other.yml"
    path.write_text(GOOD)
    monkeypatch.setenv("B12_CLINIC", str(path))
    assert settings.load().name == "Elm"


def test_a_variable_wins_over_the_file_and_the_rule_over_an_older_name(tmp_path: Path) -> None:
    path = tmp_path / "clinic.yml"
    path.write_text(f"{GOOD}storage: {{keep_hours: 1}}\nweb: {{sites: ['https://a.example']}}\n")
    given = {
        "B12_WEB__CHAT_MINUTES": "20",
        "B12_WEB__SITES": "https://b.example, https://c.example",
        "B12_PHONE": "null",
        "B12_HOURS": "0900",
        "B12_KIOSK__PRINTER": "yes",
        "B12_KEEP_HOURS": "2",
        "B12_STORAGE__KEEP_RECORD_DAYS": "30.5",
        "B12_KEEP_RECORD_DAYS": "31",
        "B12_REGION": "  ",
    }
    found = settings.load(path, given)
    assert (found.web.chat_minutes, found.web.sites) == (20, ["https://b.example", "https://c.example"])
    assert (found.phone, found.hours, found.kiosk.printer, found.region) == (None, "0900", True, "us")
    assert (found.storage.keep_hours, found.storage.keep_record_days) == (2, 30.5)
    assert settings.load(path, {"B12_WEB__SITES": "null"}).web.sites == []
    assert settings.load(path, {"B12_WEB__SITES": '["https://d.example"]'}).web.sites == ["https://d.example"]


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("B12_WEB__CHAT_MINUTES", "2", r"B12_WEB__CHAT_MINUTES can't be right \(web\.chat_minutes.*from 5 to 240"),
        ("B12_WEB__CHAT_MINUTES", "soon", "B12_WEB__CHAT_MINUTES can't be right.*a whole number"),
        ("B12_WEB__SITES", "https://a.example,b", r"B12_WEB__SITES can't be right \(web\.sites\.1"),
        ("B12_WEB__CHAT_MINUTE", "20", "not the name of a setting. Did you mean B12_WEB__CHAT_MINUTES?"),
        ("B12_KEEP_HOURS", "-1", "B12_KEEP_HOURS can't be right.*from 0 to 744"),
        ("B12_REGION", "mars", "B12_REGION can't be right.*uk, us or eu"),
    ],
)
def test_a_wrong_variable_is_named_with_the_mend(tmp_path: Path, name: str, value: str, complaint: str) -> None:
    path = tmp_path / "clinic.yml"
    path.write_text(GOOD)
    with pytest.raises(AssistantError, match=complaint):
        settings.load(path, {name: value})


def test_a_section_that_is_none_is_named_even_where_a_variable_sets_one_of_its_settings(tmp_path: Path) -> None:
    path = tmp_path / "clinic.yml"
    path.write_text(f"{GOOD}web: 1\n")
    with pytest.raises(ContentError, match=r"clinic\.yml:7: web: "):
        settings.load(path, {"B12_WEB__CHAT_MINUTES": "20"})


def test_channels_that_are_all_off_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "clinic.yml"
    path.write_text(f"{GOOD}channels: {{rest: false, web: false, kiosk: false, telegram: false}}\n")
    with pytest.raises(ContentError, match=r"clinic\.yml:7: channels: none is open"):
        settings.load(path)
