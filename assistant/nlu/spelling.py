"""Corrects words that are one slip away from a known one."""

from collections.abc import Iterable
from functools import lru_cache

from assistant import paths

# Shorter words have too many neighbours: "chess" is not "chest", "live" is not "lips".
SHORTEST = 6


class Speller:
    """Maps a misspelt word to a known one by symmetric deletion (Garbe 2012): both spellings with one letter left out meet.

    A word that people use in other senses is left alone: those of the training questions are known to be words.
    """

    def __init__(self, known: Iterable[str]) -> None:
        self._known = {word for word in known if word.isalpha()}
        self._by_deletion: dict[str, set[str]] = {}
        for word in self._known:
            if len(word) >= SHORTEST:
                for shorter in _deletions(word):
                    self._by_deletion.setdefault(shorter, set()).add(word)

    def correct(self, word: str) -> str:
        """Return the known word that ``word`` most likely is, or ``word`` itself."""
        if len(word) < SHORTEST - 1 or word in self._known or word in common_words() or not word.isalpha():
            return word
        near = {known for form in _deletions(word) for known in self._by_deletion.get(form, ())}
        near = {known for known in near if known[0] == word[0] and abs(len(known) - len(word)) <= 1}
        return min(near) if near else word


@lru_cache(maxsize=1)
def common_words() -> frozenset[str]:
    """Return the words that stand at least three times in the training questions of the cards' topics: no slips."""
    from collections import Counter

    counts: Counter[str] = Counter()
    for path in paths.NLU.glob("*.yml"):
        if path.stem not in ("emergency", "self_harm"):
            counts.update(path.read_text(encoding="utf-8").lower().replace("'", "").split())
    return frozenset(word.strip(".,?!") for word, count in counts.items() if count >= 3)


def _deletions(word: str) -> set[str]:
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}
