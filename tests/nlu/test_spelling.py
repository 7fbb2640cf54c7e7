import pytest
from spellchecker import SpellChecker

from assistant.nlu.spelling import Speller, english


def test_the_words_of_english_are_those_of_the_library() -> None:
    assert english() == {word.replace("'", "") for word in SpellChecker().word_frequency.words()}


@pytest.mark.parametrize(
    ("word", "known"),
    [
        ("tounge", "tongue"),
        ("swellin", "swelling"),
        ("chst", "chest"),
        ("tongue", "tongue"),
        ("house", "house"),
        ("lip", "lip"),
        ("xyzzy", "xyzzy"),
    ],
)
def test_a_slip_becomes_the_known_word_and_all_else_stays(word: str, known: str) -> None:
    assert Speller(["tongue", "swelling", "chest", "lips"]).correct(word) == known
