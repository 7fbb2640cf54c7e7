"""Wordings that a text must not contain."""

import re
from functools import lru_cache

from pydantic import BaseModel, Extra, Field


class Limit(BaseModel):
    """Something that no text may say: an id, the reason, and its wordings (``*``: up to four words)."""

    id: str
    why: str
    wordings: list[str] = Field(min_items=1)

    class Config:
        extra = Extra.forbid


@lru_cache(maxsize=2048)
def pattern(wording: str) -> re.Pattern[str]:
    """Return the regular expression for a wording; case, line breaks and the kind of apostrophe don't matter."""
    parts = [re.escape(word) for word in wording.lower().replace("’", "'").split()]
    joined = r"\s+".join(parts).replace(r"\*\s+", r"(?:\S+\s+){0,4}")
    return re.compile(rf"(?<![\w]){joined}(?![\w])", re.IGNORECASE)


def found(text: str, wordings: list[str]) -> str | None:
    """Return the first of ``wordings`` that stands in ``text``, or None."""
    plain = text.replace("’", "'")
    return next((wording for wording in wordings if pattern(wording).search(plain)), None)
