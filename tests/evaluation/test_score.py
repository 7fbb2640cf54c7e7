import pytest

from assistant.evaluation.held_out import HeldOut
from assistant.evaluation.score import Outcomes, Share, score


def outcome(expected: str, found: str, *offered: str, also: str = "") -> Outcomes:
    return Outcomes(HeldOut("x", expected, frozenset([also] if also else []), ""), found, offered)


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (outcome("dosage", "dosage"), "right"),
        (outcome("dosage", "overdose", also="overdose"), "right"),
        (outcome("dosage", "frequency"), "wrong"),
        (outcome("dosage", "ask_back", "dosage", "frequency"), "offered"),
        (outcome("dosage", "ask_back", "overdose", "frequency"), "offered_wrongly"),
        (outcome("dosage", "out_of_scope"), "declined"),
        (outcome("out_of_scope", "out_of_scope"), "right"),
        (outcome("out_of_scope", "dosage"), "wrong"),
    ],
)
def test_what_becomes_of_a_question(one: Outcomes, expected: str) -> None:
    assert one.outcome == expected


def test_the_four_figures() -> None:
    found = score([
        outcome("dosage", "dosage"), outcome("dosage", "frequency"), outcome("dosage", "ask_back", "dosage"), outcome("dosage", "out_of_scope"),
        outcome("out_of_scope", "out_of_scope"), outcome("out_of_scope", "dosage"),
    ])  # fmt: skip
    assert (found.right.count, found.right.total) == (1, 4)
    assert (found.right_or_offered.count, found.right_or_offered.total) == (2, 4)
    assert (found.wrong_among_answered.count, found.wrong_among_answered.total) == (2, 3)
    assert (found.out_of_scope_declined.count, found.out_of_scope_declined.total) == (1, 2)


def test_the_interval_is_wilsons() -> None:
    low, high = Share(9, 10).interval
    assert (round(low, 3), round(high, 3)) == (0.596, 0.982)  # Wilson (1927), as tabulated
    assert Share(0, 0).interval == (0.0, 1.0)
