"""Which of the offered topics a message chooses."""

import pytest

from assistant.nlu.choices import choice

TWO = ("dosage", "frequency")
THREE = ("dosage", "frequency", "overdose")


@pytest.mark.parametrize(
    "text", ["1", "1.", "#1", "the first one", "option 1 please", "number one", "first", "yes", "one"]
)
def test_the_first(text: str) -> None:
    assert choice(text, TWO) == ("dosage",)


@pytest.mark.parametrize("text", ["2", "the second", "2nd pls", "i mean the second one", "the last one", "the latter"])
def test_the_second(text: str) -> None:
    assert choice(text, TWO) == ("frequency",)


@pytest.mark.parametrize("text", ["none of these", "None of these", "neither", "no, none of them", "none", "3"])
def test_none_of_these(text: str) -> None:
    assert choice(text, TWO) == ()


def test_the_third_of_three_and_the_line_below_them() -> None:
    assert choice("3", THREE) == ("overdose",)
    assert choice("4", THREE) == ()


@pytest.mark.parametrize("text", ["both", "both of them please", "all of them"])
def test_both(text: str) -> None:
    assert choice(text, TWO) == TWO


@pytest.mark.parametrize("text", ["how often", "the tablets one", "5", "one injection a month", "no", "i had 2 jabs"])
def test_other_words_are_no_choice(text: str) -> None:
    assert choice(text, TWO) is None


def test_nothing_is_chosen_where_nothing_was_offered() -> None:
    assert choice("1", ()) is None
