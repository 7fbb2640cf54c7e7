"""The files for a kiosk machine agree with each other."""

import configparser
import json
import shutil
import subprocess
from urllib.parse import urlsplit

import pytest

from assistant import paths

FOLDER = paths.ROOT / "deploy" / "kiosk"


def unit(name: str) -> configparser.ConfigParser:
    read = configparser.ConfigParser(strict=False, interpolation=None)
    read.optionxform = str  # type: ignore[assignment]
    read.read(FOLDER / name, encoding="utf-8")
    return read


def test_the_policy_allows_the_address_that_the_browser_opens_and_no_other() -> None:
    policy = json.loads((FOLDER / "policies.json").read_text(encoding="utf-8"))
    address = urlsplit(unit("b12-kiosk.service")["Service"]["Environment"].removeprefix("KIOSK_URL="))
    assert policy["URLBlocklist"] == ["*"]
    assert policy["URLAllowlist"] == [f"{address.scheme}://{address.netloc}"]
    assert address.path == "/kiosk"


def test_the_readme_installs_every_file_and_explains_its_flags() -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    for path in FOLDER.iterdir():
        assert path.name == "README.md" or path.name in readme
    started = unit("b12-kiosk.service")["Service"]["ExecStart"]
    for flag in (
        "--kiosk",
        "--incognito",
        "--noerrdialogs",
        "--disable-pinch",
        "--overscroll-history-navigation=0",
        "--kiosk-printing",
    ):
        assert flag in started
        assert flag in readme


def test_systemd_understands_the_timer() -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("needs systemd-analyze")
    when = unit("b12-kiosk-restart.timer")["Timer"]["OnCalendar"]
    subprocess.run(["systemd-analyze", "calendar", when], check=True, capture_output=True)
