"""The hazard log names tests that there are: a control without its proof is none."""

import ast
import re

import pytest

from assistant import paths
from tests.take_out_controls import CONTROLS, TakenOut

LOG = (paths.DOCS / "clinical-safety.md").read_text(encoding="utf-8")
# The first table: the second one tells which controls were taken out.
ROWS = [
    line.strip("| ").split(" | ") for line in LOG.split("That a proof")[0].splitlines() if re.match(r"\| \d+ \|", line)
]
NAMED = sorted({name for row in ROWS for name in re.findall(r"`(tests/[^`]+)`", row[6])})


def test_every_hazard_has_a_cause_a_control_a_proof_and_two_estimates() -> None:
    assert [int(row[0]) for row in ROWS] == list(range(1, len(ROWS) + 1))
    for row in ROWS:
        assert len(row) == 8 and all(row), row
        assert re.findall(r"`tests/[^`]+`", row[6]), f"hazard {row[0]} names no test"
        before, after = (tuple(map(int, row[column].split(" x "))) for column in (4, 7))
        assert all(1 <= value <= 5 for value in (*before, *after))
        assert after[0] * after[1] <= before[0] * before[1], f"hazard {row[0]} is no smaller with its control"


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: f"{control.hazard} {control.file}")
def test_a_control_that_can_be_taken_out_is_named_as_it_is_now(control: TakenOut) -> None:
    assert (paths.ROOT / control.file).read_text(encoding="utf-8").count(control.old) == 1 or not control.old


@pytest.mark.parametrize("name", sorted({*NAMED, *(control.test for control in CONTROLS)}))
def test_a_named_test_is_there(name: str) -> None:
    file, _, function = name.partition("::")
    path = paths.ROOT / file
    assert path.exists(), name
    if path.is_dir():
        assert any(path.iterdir()), name
    elif function:
        found = [node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]  # fmt: skip
        assert function in found, name


def test_nobody_is_said_to_have_signed() -> None:
    assert "No clinician has reviewed" in LOG
    assert "| clinical safety officer | | | |" in LOG
