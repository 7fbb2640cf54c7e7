"""Which paragraph of a card a follow-up asks about: the one with the sentence nearest to it in meaning."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from assistant.guidance import library

# A sentence further than this cosine from the message says nothing of what it asks: "when" is at 0.41 from the review after 3 months.
LEAST = 0.4
_BETWEEN = re.compile(r"(?<=[.!?])\s+")
_VERSIONS = ("short", "more")
Encode = Callable[[Sequence[str]], np.ndarray]


def passages_of(card: Mapping[str, Any]) -> list[tuple[str, tuple[str, int]]]:
    """Return a card's paragraphs and their sentences, each with the version and the index of its paragraph."""
    return [
        (text, (version, index))
        for version in _VERSIONS
        for index, paragraph in enumerate(card[version])
        for text in dict.fromkeys([paragraph["text"], *_BETWEEN.split(paragraph["text"])])
    ]


@dataclass(frozen=True)
class _Passages:
    """``texts``: what was encoded; ``places``: the version and the paragraph that each text stands in."""

    texts: tuple[str, ...]
    places: tuple[tuple[str, int], ...]
    vectors: np.ndarray


class PassageFinder:
    """Finds paragraphs. A card's vectors are asked for when it is first needed, and again when its text has changed."""

    def __init__(self) -> None:
        self._cards: dict[str, _Passages] = {}

    def find(self, topic: str, vector: np.ndarray, encode: Encode) -> tuple[str, int] | None:
        """Return the version and the index of the paragraph that a message asks about; None if it is about none of them.

        Args:
            topic: the card's id.
            vector: the message's sentence vector.
            encode: makes the sentence vectors of texts.
        """
        passages = self._passages(topic, encode)
        scores = passages.vectors @ vector
        best = int(np.argmax(scores))
        return passages.places[best] if scores[best] >= LEAST else None

    def _passages(self, topic: str, encode: Encode) -> _Passages:
        found = passages_of(library.card_data()[topic])
        texts = tuple(text for text, _ in found)
        known = self._cards.get(topic)
        if not known or known.texts != texts:
            known = _Passages(texts, tuple(place for _, place in found), encode(texts))
            self._cards[topic] = known
        return known
