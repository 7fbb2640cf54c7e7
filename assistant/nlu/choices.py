"""Which of the topics just offered a message chooses: by its number, by its place, both of them, or none."""

import re
from collections.abc import Sequence

_NUMBERS = {
    "1": 0, "one": 0, "first": 0, "1st": 0, "top": 0, "former": 0, "a": 0,
    "2": 1, "two": 1, "second": 1, "2nd": 1, "middle": 1, "b": 1,
    "3": 2, "three": 2, "third": 2, "3rd": 2, "c": 2,
    "4": 3, "four": 3, "fourth": 3, "4th": 3,
}  # fmt: skip
_LAST = {"last", "latter", "bottom"}
# "the first two".
_TWO = {"first": (0, 1), "top": (0, 1), "last": (-2, -1), "bottom": (-2, -1)}
# What people put around a choice.
_AROUND = re.compile(
    r"\b(the|option|number|no|nr|num|question|choice|answer|pick|choose|i'?ll|take|go|with|for|please|pls|plz|thanks|ta|one|it'?s|its|i|mean|meant|want|yes|yeah|yep|ok|okay|um|er|erm|think|that|would|be)\b|[^\w\s']"
)
_NONE = re.compile(
    r"^(no+ |nope |nah |sorry )?(none|neither|not (any|either)|nothing)( (of|from))?( (these|those|them|the above|that|it|this|what i (asked|meant|want)|what i wanted))?( (please|thanks|sorry|really|actually))?$"
)
_ALL = re.compile(r"^(yes |yeah |ok )?(both|all)( (of )?(them|these|those|three|two))?( (please|pls|plz|thanks))?$")
# "1 and 2", "1, 2", "2 3".
_BETWEEN = re.compile(r"\band\b|[,&+/]|(?<=\d)\s+(?=\d)")
_YES = re.compile(
    r"^(yes|yeah|yep|yup|ye|aye|ok|okay|correct|right|exactly|that one|this one)( (please|pls|that|thanks))?$"
)


def choice(text: str, offered: Sequence[str]) -> tuple[str, ...] | None:
    """Return the topics that a message chooses of those offered.

    Args:
        text: the message, normalised.
        offered: two or three topics, in the order shown; "none of these" stood below them.

    Returns:
        The topics chosen; empty when none of them is meant; None when the message is something else. A bare "yes" takes the
        first, which is the likeliest.
    """
    if not offered or leaves_open(text, offered):
        return None
    plain = _plain(text)
    if _NONE.match(plain):
        return ()
    if _ALL.match(plain):
        return tuple(offered)
    if _YES.match(plain):
        return (offered[0],)
    places = _places(text)
    if places == [len(offered)]:  # the line below the offers: none of these
        return ()
    return _at(places, offered)


def leaves_open(text: str, offered: Sequence[str]) -> bool:
    """Tell whether a message says "both" where more than two topics were offered. Arguments as of ``choice``."""
    found = _ALL.match(_plain(text))
    return len(offered) > 2 and bool(found) and "both" in _plain(text)


def picked(text: str, suggested: Sequence[str]) -> tuple[str, ...] | None:
    """Return the topics that a message picks by number or place of those suggested below a reply that asked nothing.

    Nothing else is a choice there: a "yes" or a "none" is said to the reply itself. Arguments as of ``choice``.
    """
    return _at(_places(text), suggested)


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[.,!?;:)(\"#]", " ", text.lower()).split())


def _at(places: list[int], topics: Sequence[str]) -> tuple[str, ...] | None:
    """Return the topics at these places, in the order of the list; None if there is no place, or one with no topic."""
    if not places or max(places) >= len(topics):
        return None
    return tuple(topics[place] for place in sorted({place % len(topics) for place in places}))


def _places(text: str) -> list[int]:
    """Return the places in a list that a message names, those from its end below 0; none if it says anything else."""
    found: list[int] = []
    for piece in _BETWEEN.split(text.lower()):
        plain = _plain(piece)
        # "one" is a number by itself, and a filler in "the second one".
        words = _AROUND.sub(" ", plain).split() or [word for word in plain.split() if word in _NUMBERS]
        if not words:  # "no, the second": a piece of mere fillers
            continue
        if len(words) == 2 and words[0] in _TWO and words[1] in ("two", "2"):
            found.extend(_TWO[words[0]])
        elif len(words) == 1 and words[0] in {*_NUMBERS, *_LAST}:
            found.append(-1 if words[0] in _LAST else _NUMBERS[words[0]])
        else:
            return []
    return found
