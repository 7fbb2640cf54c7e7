"""One writing for every text before anything else reads it."""

import re
import unicodedata

# Format characters (zero-width, right-to-left marks), controls, surrogates, private use and unassigned code points.
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}
_QUOTES = str.maketrans(
    {"’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "..."}
)
# A letter carries at most this many combining marks; more is decoration.
_MARKS_KEPT = 2


def normalise(text: str) -> str:
    """Return ``text`` in Unicode form NFKC, without invisible characters, with emoji as words, plain quotes and single spaces."""
    if text.isascii() and text.isprintable():  # nearly every message, and nothing of it needs the table of characters
        return " ".join(text.translate(_QUOTES).split())
    composed = unicodedata.normalize("NFKC", text)
    kept: list[str] = []
    marks = 0
    for char in composed:
        category = unicodedata.category(char)
        marks = marks + 1 if category == "Mn" else 0
        if char in "\n\r\t":
            kept.append(" ")
        elif (
            category == "So"
        ):  # a thumb up is an answer; neither the encoder nor the n-grams know emoji, but they know their names
            kept.append(f" {unicodedata.name(char, 'symbol').lower()} ")
        elif category not in _INVISIBLE and marks <= _MARKS_KEPT:
            kept.append(char)
    return re.sub(r"\s+", " ", "".join(kept).translate(_QUOTES)).strip()
