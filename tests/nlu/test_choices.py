"""Which of the offered topics a message chooses."""

import pytest

from assistant.nlu.choices import choice, leaves_open, picked

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


@pytest.mark.parametrize(
    "text", ["both", "both of them please", "all of them", "1 and 2", "one and two", "2, 1", "1 & 2 pls"]
)
def test_both(text: str) -> None:
    assert choice(text, TWO) == TWO
    assert not leaves_open(text, TWO)


@pytest.mark.parametrize("text", ["1 and 3", "the first and the last", "1 3", "3+1", "the first one and the third one"])
def test_two_of_three(text: str) -> None:
    assert choice(text, THREE) == ("dosage", "overdose")


def test_the_first_two_and_the_last_two() -> None:
    assert choice("the first two please", THREE) == ("dosage", "frequency")
    assert choice("last 2", THREE) == ("frequency", "overdose")


@pytest.mark.parametrize("text", ["all of them", "all three", "1, 2 and 3"])
def test_all_of_three(text: str) -> None:
    assert choice(text, THREE) == THREE


@pytest.mark.parametrize("text", ["both", "Both of them please", "yes both"])
def test_both_of_three_is_no_choice_yet(text: str) -> None:
    assert choice(text, THREE) is None
    assert leaves_open(text, THREE)


@pytest.mark.parametrize("text", ["1 and 4", "1 or 2", "2 and how often", "1 and 7", "one and a half"])
def test_what_names_no_topics_of_the_list_is_no_choice(text: str) -> None:
    assert choice(text, THREE) is None


@pytest.mark.parametrize("text", ["2", "the second one", "number two please", "no, the 2nd"])
def test_a_suggestion_is_picked_by_its_number_or_place(text: str) -> None:
    assert picked(text, THREE) == ("frequency",)


@pytest.mark.parametrize("text", ["yes", "ok", "none", "both", "all of them", "4", "how often", "no thanks"])
def test_nothing_else_picks_a_suggestion(text: str) -> None:
    assert picked(text, THREE) is None


@pytest.mark.parametrize("text", ["how often", "the tablets one", "5", "one injection a month", "no", "i had 2 jabs"])
def test_other_words_are_no_choice(text: str) -> None:
    assert choice(text, TWO) is None


def test_nothing_is_chosen_where_nothing_was_offered() -> None:
    assert choice("1", ()) is None
