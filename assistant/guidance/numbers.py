"""The numbers that stand in a text, as digits or as words, so that a card's can be compared with its facts'."""

import re

_UNITS = dict(
    zip(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ],
        range(20),
        strict=True,
    )
)
_TENS = dict(
    zip(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], range(20, 100, 10), strict=True)
)
_SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000}
_FRACTIONS = {"half": "0.5", "quarter": "0.25"}
# "one" is mostly a pronoun or article ("one of", "the newer one"), never checked as a word.
_UNCHECKED = {"one", "zero"}
# B12, B6, H2 blockers and the like are names.
_NAMES = re.compile(r"\b(?:vitamin\s+)?[BHDKT]-?\d{1,2}\b|\b12B\b|\btype [12]\b|\bNG\d+\b", re.IGNORECASE)
_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[a-z]+", re.IGNORECASE)


def numbers(text: str) -> set[str]:
    """Return the numbers of ``text`` in one writing: ``"two to 3 months"`` gives ``{"2", "3"}``."""
    found: set[str] = set()
    value: int | None = None
    for token in _TOKEN.findall(_NAMES.sub(" ", text)):
        word = token.lower()
        if word[0].isdigit():
            found.add(_plain(word))
            value = None
        elif word in _UNITS and word not in _UNCHECKED:
            value = (value or 0) + _UNITS[word] if value and value % 10 == 0 and value >= 20 else _UNITS[word]
            found.add(str(value))
        elif word in _TENS:
            value = _TENS[word]
            found.add(str(value))
        elif word in _SCALES and value:
            found.discard(str(value))
            value *= _SCALES[word]
            found.add(str(value))
        elif word in _FRACTIONS:
            found.add(_FRACTIONS[word])
            value = None
        else:
            value = None
    return found


def _plain(digits: str) -> str:
    if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", digits):
        digits = digits.replace(",", "")
    digits = digits.replace(",", ".")
    return digits.rstrip("0").rstrip(".") if "." in digits else digits
