from typing import Any

import pytest

from benchmarks import figures


def system(
    p50: list[float], rate: list[float], bad: int = 0, resident: float = 500, start: float = 10
) -> dict[str, Any]:
    load = {
        users: {"p50": p50, "p95": p50, "p99": p50, "rate": rate, "turns": [1000] * len(p50), "bad": [bad] * len(p50)}
        for users in ("1", "8", "32")
    }
    return {"load": load, "start": [start], "resident": [resident]}


@pytest.fixture
def results() -> dict[str, Any]:
    ours = system([10, 11, 12], [100, 90, 110], start=8)
    ours |= {"long": [{"turn": 1, "ms": 20.0}, {"turn": 5, "ms": 10.0}, {"turn": 1000, "ms": 12.0}]}
    ours |= {"after": {"messages": 20000, "mb": 510.0}, "training_s": 90.0, "questions": 13700, "model_mb": 118.0}
    return {
        "command": "make bench",
        "date": "25 November 2026",
        "machine": "2 cores",
        "repeats": 3,
        "encoder_ms": 4.0,
        "environment_mb": 1700.0,
        "systems": {"floor": system([1.0], [900]), "ours": ours, "light": system([88], [10], resident=600, start=20)},
    }


def test_a_percentile_is_one_of_the_values() -> None:
    assert figures.percentile([5, 1, 3], 0.5) == 3
    assert figures.percentile(range(1, 101), 0.95) == 96
    assert figures.percentile([7], 0.99) == 7


def test_repeated_runs_are_their_median_with_the_lowest_and_highest() -> None:
    assert figures.spread([12.0, 10.0, 11.5], 1) == "11.5 (10.0 to 12.0)"
    assert figures.spread([1234.0]) == "1,234"
    assert figures.spread([]) == ""


def test_a_turns_time_is_the_median_of_those_around_it() -> None:
    times = [100.0, *([10.0] * 8), 50.0, *([20.0] * 20)]
    assert figures.near_turn(times, 1) == 100.0
    assert figures.near_turn(times, 5) == 10.0
    assert figures.near_turn(times, 30) == 20.0
    assert figures.near_turn(times, 31) is None


@pytest.mark.parametrize(
    ("status", "text", "problem"),
    [
        (200, '[{"text": "Hello", "custom": {"kind": "answer"}}]', ""),
        (200, '[{"text": "Hello"}]', ""),
        (200, "[]", "empty"),
        (200, '[{"custom": {}}]', "empty"),
        (200, '[{"text": "Sorry", "custom": {"kind": "failed"}}]', "failed"),
        (503, "", "status 503"),
    ],
)
def test_a_bad_reply_is_known(status: int, text: str, problem: str) -> None:
    assert figures.problem_with(status, text) == problem


def test_the_ratios_are_those_of_the_medians(results: dict[str, Any]) -> None:
    found = {
        words: (round(figure, 2), figures.met(figure, limit, higher=higher))
        for words, figure, limit, higher in figures.targets(results)
    }
    assert found == {
        "p50 at one user, stock light / ours": (8.0, True),
        "p50 at one user, ours / (encoder + HTTP floor)": (2.2, True),
        "throughput at 8 users, ours / stock light": (10.0, True),
        "empty or failed replies of ours at 32 users": (0.0, True),
        "the last turn of a long conversation / turn 5, ours": (1.2, True),
        "start to first answer, ours / stock light": (0.4, True),
        "resident memory at start, ours / stock light": (0.83, True),
    }


def test_a_missed_aim_is_said(results: dict[str, Any]) -> None:
    results["systems"]["ours"] |= system([40], [20], bad=1, resident=700)
    table = figures.table(results)
    assert "| p50 at one user, stock light / ours | 2.20 | at least 6 | no |" in table
    assert "| empty or failed replies of ours at 32 users | 1.00 | at most 0 | no |" in table
    assert "| resident memory at start, ours / stock light | 1.17 | at most 1.1 | no |" in table


def test_the_table_has_a_row_for_each_system_and_load(results: dict[str, Any]) -> None:
    table = figures.table(results)
    assert (
        "| ours | 8 | 11.0 (10.0 to 12.0) | 11.0 (10.0 to 12.0) | 11.0 (10.0 to 12.0) | 100.0 (90.0 to 110.0) | 0 of 3000 |"
        in table
    )
    assert (
        "| ours | turn 1: 20.0, turn 5: 10.0, turn 1000: 12.0 | 8.0 | 500 | 510 (20,000) | 90 (13,700) | 118 |" in table
    )
    assert table.count("| stock Rasa, light pipeline, action server |") == 4
    rows = [line for line in table.splitlines() if line.startswith("| ours")]
    assert len(rows) == 4


def test_only_what_stands_between_the_markers_is_written_anew() -> None:
    page = f"before\n{figures.BEGIN}\nold\n{figures.END}\nafter"
    assert figures.between_markers(page, "new") == f"before\n{figures.BEGIN}\nnew\n{figures.END}\nafter"
    with pytest.raises(ValueError, match="put them back"):
        figures.between_markers("no markers", "new")
