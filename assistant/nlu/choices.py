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
# What people put around a choice.
_AROUND = re.compile(
    r"\b(the|option|number|no|nr|num|question|choice|answer|pick|choose|i'?ll|take|go|with|for|please|pls|plz|thanks|ta|one|it'?s|its|i|mean|meant|want|yes|yeah|yep|ok|okay|um|er|erm|think|that|would|be)\b|[^\w\s']"
)
_NONE = re.compile(
    r"^(no+ |nope |nah |sorry )?(none|neither|not (any|either)|nothing)( (of|from))?( (these|those|them|the above|that|it|this|what i (asked|meant|want)|what i wanted))?( (please|thanks|sorry|really|actually))?$"
)
_ALL = re.compile(r"^(yes |yeah |ok )?(both|all)( (of )?(them|these|those|three|two))?( (please|pls|plz|thanks))?$")
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
    if not offered:
        return None
    plain = " ".join(re.sub(r"[.,!?;:)(\"#]", " ", text.lower()).split())
    if _NONE.match(plain):
        return ()
    if _ALL.match(plain):
        return tuple(offered)
    if _YES.match(plain):
        return (offered[0],)
    # "one" is a number by itself, and a filler in "the second one".
    words = _AROUND.sub(" ", plain).split() or [word for word in plain.split() if word in _NUMBERS]
    if len(words) != 1:
        return None
    place = len(offered) - 1 if words[0] in _LAST else _NUMBERS.get(words[0], -1)
    if place == len(offered):  # the line below the offers: none of these
        return ()
    return (offered[place],) if 0 <= place < len(offered) else None
