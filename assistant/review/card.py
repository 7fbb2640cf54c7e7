"""A card as people see it on each channel, beside what it rests on and what changed since it was signed."""

import difflib
from dataclasses import dataclass, replace
from typing import Any

from assistant import reply as replies
from assistant.errors import AssistantError
from assistant.guidance import reviews
from assistant.guidance.library import Library
from assistant.guidance.schema import Card, Fact, Source
from assistant.reply import Reply, Texts, Version

# The versions of an answer, and when people get each.
VERSIONS: dict[Version, str] = {
    "short": "the answer",
    "more": "after 'tell me more'",
    "simple": "after 'simpler please'",
}


@dataclass(frozen=True)
class Shown:
    """One version of an answer, as it is sent.

    Attributes:
        version: short, more or simple.
        when: when people get it.
        reply: the reply.
        telegram: the HTML of each of Telegram's messages.
        keyboard: the words on Telegram's buttons.
    """

    version: Version
    when: str
    reply: Reply
    telegram: list[str]
    keyboard: list[str]

    @property
    def message(self) -> dict[str, Any]:
        """The message as REST sends it."""
        return _message(self.reply)


def find(topic: str, library: Library) -> Card:
    """Return a card. Raises AssistantError where there is none, naming what comes near."""
    card = library.cards.get(topic)
    if card is None:
        near = difflib.get_close_matches(topic, library.cards, n=3)
        hint = f"Did you mean {' or '.join(near)}?" if near else "'b12 review' lists all topics."
        raise AssistantError(f"There is no card '{topic}'. {hint}")
    return card


def unrestricted(said: Texts) -> Texts:
    """Return the texts for somebody who looks after them: cards that aren't signed yet are shown too."""
    return replace(said, clinic=said.clinic.copy(update={"require_reviewed": False}))


def shown(topic: str, said: Texts) -> list[Shown]:
    """Return the versions of a card's answer as each channel sends them.

    Args:
        topic: the card's id.
        said: the texts, unrestricted.
    """
    from assistant.channels.telegram import format as telegram  # its library takes a while

    made = []
    for version, when in VERSIONS.items():
        reply = replies.answer([topic], version=version, said=said)
        parts = telegram.parts(_message(reply))
        keyboard = [key["text"] for part in parts for row in part.keyboard for key in row]
        made.append(Shown(version, when, reply, [part.html for part in parts], keyboard))
    return made


def _message(reply: Reply) -> dict[str, Any]:
    return {"text": reply.text, "buttons": reply.buttons, "custom": reply.envelope()}


def support(topic: str, library: Library) -> tuple[list[Fact], dict[str, Source]]:
    """Return the facts that a card rests on, in the order of its text, and their sources by id."""
    ids = list(dict.fromkeys(fact for paragraph in library.cards[topic].paragraphs for fact in paragraph.facts))
    return [library.facts[fact] for fact in ids], library.sources_of(ids)


def signature(topic: str, said: Texts) -> str:
    """Say who signed a card as it is now, that it changed since somebody did, or that nobody ever has."""
    review = said.review(topic)
    if review:
        return f"{review.name}, {review.role}, {review.date}, version {review.version}"
    last = said.reviews.last(topic)
    return f"changed since signed ({last.name}, {last.date}, version {last.version})" if last else "never signed"


def changes(topic: str, said: Texts) -> list[str] | None:
    """Return the lines of a unified diff from what was signed last to the present card; None where nobody has signed it."""
    last = said.reviews.last(topic)
    if last is None:
        return None
    return list(
        difflib.unified_diff(
            last.signed.splitlines(),
            reviews.snapshot(said.library, topic).splitlines(),
            f"signed by {last.name} on {last.date}, version {last.version}",
            f"now, version {said.library.version(topic)}",
            lineterm="",
            n=1,
        )
    )
