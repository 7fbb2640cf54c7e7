import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from assistant.errors import AssistantError
from assistant.secret import derived, secret


def test_the_environments_secret_comes_first(tmp_path: Path) -> None:
    assert secret({"B12_SECRET": " sixteen characters or more "}, tmp_path) == b"sixteen characters or more"
    assert list(tmp_path.iterdir()) == []


def test_without_one_a_file_is_made_for_its_owner_alone_and_kept(tmp_path: Path) -> None:
    made = secret({}, tmp_path / "var")
    assert len(made) == 64
    assert secret({}, tmp_path / "var") == made
    (path,) = (tmp_path / "var").iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert secret({}, tmp_path / "other") != made


def test_processes_that_start_together_get_the_same(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda _: secret({}, tmp_path), range(16)))
    assert len(made) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]


@pytest.mark.parametrize("given", ["short", "x" * 15])
def test_a_short_secret_is_refused_and_not_repeated(tmp_path: Path, given: str) -> None:
    with pytest.raises(AssistantError, match="B12_SECRET must have at least 16") as refused:
        secret({"B12_SECRET": given}, tmp_path)
    assert given not in str(refused.value)


def test_a_folder_that_can_not_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file")
    with pytest.raises(AssistantError, match="Cannot keep a secret"):
        secret({}, tmp_path / "var")


def test_each_purpose_has_a_key_of_its_own() -> None:
    assert derived("one", b"master") != derived("two", b"master")
    assert derived("one", b"master") != derived("one", b"another")
    assert len(derived("one", os.urandom(16))) == 32
