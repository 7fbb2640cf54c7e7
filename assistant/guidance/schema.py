"""The forms of a source, a fact and a card."""

import datetime
import re
from typing import Literal

from pydantic import BaseModel, ConstrainedStr, Extra, Field


class Text(ConstrainedStr):
    """A text that isn't empty."""

    strip_whitespace = True
    min_length = 1


class Url(ConstrainedStr):
    """A web address."""

    regex = re.compile(r"^https?://\S+$")


class FactId(ConstrainedStr):
    """The file's name, a dot, and a number or name."""

    regex = re.compile(r"^[a-z0-9_]+\.[a-z0-9_]+$")


Region = Literal["any", "uk", "us"]
Urgency = Literal["routine", "same_day", "now"]


class _Form(BaseModel):
    class Config:
        extra = Extra.forbid
        allow_mutation = False


class Source(_Form):
    """A publication that facts were read in. ``note`` says how much of it was read."""

    title: Text
    publisher: Text
    url: Url
    published_or_reviewed: str | None
    region: Literal["uk", "us", "international"]
    note: Text


class Fact(_Form):
    """One plain statement that an answer may rest on.

    ``confirmed`` is true when it was read in a stored copy of the first source.
    A fact of kind ``do_not_say`` limits the assistant: no text may contain one of its ``wordings``,
    where ``*`` stands for up to four words.
    """

    id: FactId
    fact: Text
    sources: list[str] = Field(min_items=1)
    region: Region
    confirmed: bool
    kind: Literal["explain", "number", "warning", "do_not_say"]
    wordings: list[Text] = Field(default_factory=list)


class Paragraph(_Form):
    """A paragraph of an answer and the facts that each of its sentences rests on."""

    text: Text
    facts: list[str] = Field(min_items=1)
    region: Region = "any"


class Card(_Form):
    """The answer to one topic. The file's name is the topic's id."""

    title: Text
    urgency: Literal["routine", "same_day"]
    short: list[Paragraph] = Field(min_items=1)
    more: list[Paragraph] = Field(min_items=1)
    simple: list[Paragraph] = Field(min_items=1)
    steer: Text
    related: list[str] = Field(min_items=1, max_items=4)
    last_checked: datetime.date
    review_due: datetime.date

    @property
    def paragraphs(self) -> list[Paragraph]:
        """All paragraphs: the short answer's, the longer one's and the simple one's."""
        return [*self.short, *self.more, *self.simple]
