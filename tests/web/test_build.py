"""The built pages: their sizes, their packed copies, and whom they name."""

import gzip
import json
import os
import re
from pathlib import Path

import pytest

from assistant import paths

STATIC = paths.ROOT / "assistant" / "web" / "static"
BUDGETS = json.loads((paths.ROOT / "web" / "budgets.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def manifest() -> dict[str, str]:
    if not (STATIC / "manifest.json").exists():
        if os.environ.get("CI"):
            pytest.fail("the pages are not built: make web")
        pytest.skip("the pages are not built: make web (needs Node 20)")
    return json.loads((STATIC / "manifest.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", BUDGETS)
def test_a_script_keeps_to_its_budget(manifest: dict[str, str], name: str) -> None:
    assert len(gzip.compress((STATIC / manifest[name]).read_bytes(), 9)) <= BUDGETS[name]


def test_the_budgets_are_those_that_were_promised() -> None:
    assert BUDGETS == {"embed.js": 3 * 1024, "widget.js": 40 * 1024, "kiosk.js": 60 * 1024}


def test_a_packed_copy_is_the_file_itself(manifest: dict[str, str]) -> None:
    packed = list(STATIC.glob("*.gz"))
    assert packed
    for copy in packed:
        assert gzip.decompress(copy.read_bytes()) == copy.with_suffix("").read_bytes()
        assert copy.with_suffix(".br").exists()


def test_every_name_but_the_loaders_carries_its_hash(manifest: dict[str, str]) -> None:
    for name, served in manifest.items():
        stem, ending = name.rsplit(".", 1)
        assert name == served == "embed.js" or re.fullmatch(rf"{re.escape(stem)}\.\w{{8}}\.{ending}", served)


def test_no_script_or_style_names_an_address_of_somebody_else(manifest: dict[str, str]) -> None:
    # Namespaces are names, not addresses; the others stand in the libraries' messages for developers.
    allowed = ("http://www.w3.org/", "https://lit.dev/", "https://github.com/markedjs/")
    for served in manifest.values():
        path: Path = STATIC / served
        if path.suffix in (".js", ".css"):
            found = re.findall(r"https?://[\w.-]+\.\w+[^\s\"'`)]*", path.read_text(encoding="utf-8"))
            assert [address for address in found if not address.startswith(allowed)] == []


def test_no_script_parses_html_of_its_own(manifest: dict[str, str]) -> None:
    sources = (paths.ROOT / "web" / "src").rglob("*.ts")
    assert [
        path.name for path in sources if re.search(r"innerHTML|unsafeHTML|document\.write|\beval\(", path.read_text())
    ] == []
