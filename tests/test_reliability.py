"""docs/reliability.md tells of tests that are there."""

import re

import pytest

from assistant import paths

PAGE = (paths.DOCS / "reliability.md").read_text()
NAMED = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", PAGE)


@pytest.mark.parametrize(("file", "test"), NAMED)
def test_every_test_that_the_page_names_is_there(file: str, test: str) -> None:
    source = (paths.ROOT / file).read_text()
    assert re.search(rf"def {test}\(", source) if test else "def test_" in source


def test_every_row_names_its_test() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith(("| ---", "| what |"))]
    assert len(rows) == len(NAMED) > 30
