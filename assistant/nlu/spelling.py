"""Corrects misspelt words to the words that the project knows."""

import gzip
import json
import pkgutil
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from assistant import paths

# Shorter words have too many neighbours: "lip" is one slip from "sip".
SHORTEST = 5
# From this length on, two slips are taken for one word.
LONG = 7


class Speller:
    """Maps a misspelt word to a known one.

    A slip is a letter left out, added, changed, or swapped with its neighbour (optimal string alignment). Beyond that it knows
    letters in another order ("tounge"), vowels left out ("chst") and "swellin" for "swelling". Words of English, and those that
    the training questions use, are left alone: they are no slips.
    """

    def __init__(self, known: Iterable[str]) -> None:
        self._known = {word for word in known if word.isalpha()}
        self._candidates = sorted(word for word in self._known if len(word) >= SHORTEST)
        self._by_consonants: dict[str, list[str]] = {}
        for word in self._candidates:
            self._by_consonants.setdefault(_consonants(word), []).append(word)

    def correct(self, word: str) -> str:
        """Return the known word that ``word`` most likely is, or ``word`` itself."""
        if (
            len(word) < SHORTEST - 1
            or word in self._known
            or not word.isalpha()
            or not word.isascii()
            or _is_word(word)
        ):
            return word
        if word.endswith("in") and f"{word}g" in self._known:
            return f"{word}g"
        if _consonants(word) == word:
            fitting = self._by_consonants.get(word, [])
            return fitting[0] if len(fitting) == 1 else word
        found = process.extract(word, self._candidates, scorer=OSA.distance, score_cutoff=2, limit=5)
        near = [(slips, known) for known, slips, _ in found if known[0] == word[0] and _near_enough(word, known, slips)]
        return min(near)[1] if near else word


@lru_cache(maxsize=1)
def english() -> frozenset[str]:
    """Return the words of English (pyspellchecker's list) without apostrophes."""
    # Its SpellChecker would count letters as well, which takes as long again.
    packed = pkgutil.get_data("spellchecker", "resources/en.json.gz")
    assert packed
    return frozenset(json.loads(gzip.decompress(packed).decode().lower().replace("'", "")))


@lru_cache(maxsize=1)
def common_words() -> frozenset[str]:
    """Return the words that stand at least three times in the training questions of the cards' topics: no slips."""
    counts: Counter[str] = Counter()
    for path in paths.NLU.glob("*.yml"):
        if path.stem not in ("emergency", "self_harm"):
            counts.update(path.read_text(encoding="utf-8").lower().replace("'", "").split())
    return frozenset(word.strip(".,?!") for word, count in counts.items() if count >= 3)


def _is_word(word: str) -> bool:
    return word in english() or (word in common_words() and word not in _COMMON_SLIPS)


# Slips so common that they stand three times in the training questions.
_COMMON_SLIPS = frozenset({"tounge"})


def _near_enough(word: str, known: str, slips: float) -> bool:
    return slips <= 1 or (len(word) >= LONG and word[:2] == known[:2]) or sorted(word) == sorted(known)


def _consonants(word: str) -> str:
    return "".join(letter for letter in word if letter not in "aeiou")
