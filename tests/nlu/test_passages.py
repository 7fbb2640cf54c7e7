"""Which paragraph of a card a follow-up asks about."""

from collections.abc import Sequence

import numpy as np

from assistant.guidance import library
from assistant.nlu.passages import LEAST, PassageFinder


class Fake:
    """Encodes a text that holds a word as one axis and all else as another, and counts."""

    def __init__(self, word: str) -> None:
        self.word = word
        self.calls = 0

    def __call__(self, texts: Sequence[str]) -> np.ndarray:
        self.calls += 1
        return np.array([[1.0, 0.0] if self.word in text else [0.0, 1.0] for text in texts])


def test_the_paragraph_with_the_nearest_sentence_is_found() -> None:
    finder, near = PassageFinder(), np.array([1.0, 0.0])
    assert finder.find("diet_sources", near, Fake("beef liver")) == ("more", 1)
    assert PassageFinder().find("diet_sources", near, Fake("yeast extracts")) == ("short", 0)


def test_what_is_about_none_of_them_finds_none() -> None:
    far = np.array([LEAST - 0.01, 0.0])
    assert PassageFinder().find("diet_sources", far, Fake("beef liver")) is None


def test_a_card_is_encoded_once_and_again_when_its_text_has_changed(monkeypatch) -> None:
    finder, encode, near = PassageFinder(), Fake("beef liver"), np.array([1.0, 0.0])
    for _ in range(2):
        finder.find("diet_sources", near, encode)
    assert encode.calls == 1
    card = {**library.card_data()["diet_sources"], "short": [{"text": "All beef liver."}]}
    monkeypatch.setattr(library, "card_data", lambda: {"diet_sources": card})
    assert finder.find("diet_sources", near, encode) == ("short", 0)
    assert encode.calls == 2
