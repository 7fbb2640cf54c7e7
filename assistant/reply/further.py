"""What a follow-up on the last answer gets: the paragraph it asks about, further detail, or that there is no more."""

import re
from collections.abc import Collection, Sequence

from assistant.guidance.entities import Mention
from assistant.guidance.schema import Card, Paragraph
from assistant.reply import wording
from assistant.reply.answers import answer
from assistant.reply.entries import entry, related_to, steer_of, urgency_of
from assistant.reply.form import Reply
from assistant.reply.parts import buttons
from assistant.reply.repeats import Printed
from assistant.reply.wording import Texts

# A version of a card and the index of one of its paragraphs.
Place = tuple[str, int]
# What needs help now or today, by the facts or by the words.
_URGENT_FACTS = ("red_flags.", "urgent_same_day.")
_URGENT_WORDS = re.compile(r"\b999\b|\bsame day\b|\bat once\b|\bemergenc(y|ies)\b")


def further(
    topic: str,
    *,
    asked: Place | None = None,
    detail: bool = True,
    mentions: Sequence[Mention] = (),
    known: Collection[str] = (),
    said: Texts | None = None,
) -> Reply:
    """Answer a follow-up on an answer that was just given: first what it asks about, then the detail, or that this is all.

    What needs help now or today is said again with it.

    Args:
        topic: the card's id.
        asked: the paragraph that the follow-up asks about, where that is known.
        detail: whether the further detail is given too.
        mentions: the region that was named: its practice comes first.
        known: the topics that were answered in this conversation.
        said: the texts to use; the project's own if None.
    """
    said = said or wording.texts()
    if not said.may_show(topic):
        return answer([topic], said=said)
    card = said.library.cards[topic]
    first = _paragraph(card, asked)
    if not (first or detail):
        return nothing_more([topic], known, said=said)
    rest = [one for one in (*(card.more if detail else ()), *_warnings(card)) if one != first]
    printed = Printed()
    lead = entry(topic, [first] if first else [], said, (), printed)
    whole = entry(topic, rest, said, mentions, printed)
    sources = {source["id"]: source for source in (*lead["sources"], *whole["sources"])}
    text = "\n\n".join(part for part in (lead["text"], whole["text"]) if part)
    whole = {**whole, "text": text, "sources": list(sources.values())}
    related = _unanswered([topic], known, said)
    all_said = [] if detail else [said.fill(said.fixed.replies["no_further"].text)]
    return Reply(
        "answer",
        "\n\n".join([whole["title"], whole["text"], *all_said, card.steer]),
        card.steer,
        topics=[topic],
        options=related,
        answers=[whole],
        urgency=urgency_of([topic], said),
        buttons=buttons(related, said),
        given={topic: ["more"]} if detail else {},
    )


def nothing_more(topics: list[str], known: Collection[str] = (), *, said: Texts | None = None) -> Reply:
    """Say that the guidance holds no more on the last answer's topics, and offer related ones, those first that weren't answered yet.

    Args:
        topics: ids of cards.
        known: the topics that were answered in this conversation.
        said: the texts to use; the project's own if None.
    """
    said = said or wording.texts()
    steer, related = steer_of(topics, said), _unanswered(topics, known, said)
    titles = "\n".join(said.library.cards[topic].title for topic in topics)
    text = said.fill(said.fixed.replies["nothing_more"].text).replace("{titles}", titles)
    return Reply(
        "conversation",
        f"{text}\n\n{steer}",
        steer,
        topics=["nothing_more"],
        options=related,
        urgency=urgency_of(topics, said),
        buttons=buttons(related, said),
    )


def _paragraph(card: Card, place: Place | None) -> Paragraph | None:
    """Return the paragraph at a place; None if there is none, or no longer: cards can change while a server runs."""
    if not place:
        return None
    version, index = place
    paragraphs: list[Paragraph] = getattr(card, version)
    return paragraphs[index] if index < len(paragraphs) else None


def _warnings(card: Card) -> list[Paragraph]:
    """Return what the short answer says of signs that need help now or today."""
    return [
        one
        for one in card.short
        if _URGENT_WORDS.search(one.text) or any(fact.startswith(_URGENT_FACTS) for fact in one.facts)
    ]


def _unanswered(topics: list[str], known: Collection[str], said: Texts) -> list[str]:
    """Return related topics that may be shown, those first that weren't answered yet."""
    others = [topic for topic in related_to(topics, said) if said.may_show(topic)]
    return sorted(others, key=lambda topic: topic in known)[:3]
