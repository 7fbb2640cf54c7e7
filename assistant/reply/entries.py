"""What an answer is made of: each topic's entry in the envelope, and what goes with the topics."""

from collections.abc import Sequence
from typing import Any

from assistant.guidance.entities import Mention
from assistant.guidance.schema import Paragraph, Urgency
from assistant.reply.repeats import Printed, without_repeats
from assistant.reply.wording import Texts

# The regions that people name, and whose paragraphs then come first.
REGIONS = {"britain": "uk", "america": "us"}
# Answers that say so when the guidance doesn't speak of the medicine that was asked about.
MEDICINE_TOPICS = {"interactions", "medicines_lowering_b12"}
REGION_LABELS = {"uk": "In the UK: ", "us": "In the US: "}


def entry(
    topic: str,
    shown: Sequence[Paragraph],
    said: Texts,
    mentions: Sequence[Mention] = (),
    printed: Printed | None = None,
) -> dict[str, Any]:
    """Return a topic's entry in the envelope.

    Args:
        topic: the card's id.
        shown: the paragraphs of the card to show.
        said: the texts.
        mentions: what the person named: their notes come first, and their region's practice.
        printed: what the reply has said before it, and isn't said again; its sources are named all the same.
    """
    card, review = said.library.cards[topic], said.review(topic)
    region = next((REGIONS[mention.name] for mention in mentions if mention.kind == "region"), said.clinic.region)
    notes = said.entities.notes(topic, mentions)
    told = [fact for note in notes for fact in note.facts]
    sources = said.library.sources_of([*told, *(fact for paragraph in shown for fact in paragraph.facts)])
    untold = [one for one in shown if not set(told).issuperset(one.facts)]
    paragraphs = [
        *(("", text) for text in _not_known(topic, mentions, said)),
        *(("", str(note.note)) for note in notes),
        *((REGION_LABELS.get(one.region, ""), str(one.text)) for one in _in_order(untold, region)),
    ]
    printed = printed or Printed()
    new = [(label, without_repeats(text, printed)) for label, text in paragraphs]
    # Where another topic's half has said all of it, a heading still needs its text.
    told_here = [pair for pair in new if pair[1]] or paragraphs
    return {
        "topic": topic,
        "title": card.title,
        "text": "\n\n".join(label + text for label, text in told_here),
        "sources": [
            {
                "id": key,
                "title": source.title,
                "publisher": source.publisher,
                "url": source.url,
                "date": source.published_or_reviewed,
            }
            for key, source in sources.items()
        ],
        "reviewed": card.last_checked.isoformat(),
        "review_due": card.review_due.isoformat(),
        "version": said.library.version(topic),
        "reviewed_by": {"name": review.name, "role": review.role, "date": review.date.isoformat()} if review else None,
    }


def steer_of(topics: list[str], said: Texts) -> str:
    """Return the card's own steer, or the general one where there are several cards."""
    return said.library.cards[topics[0]].steer if len(topics) == 1 else said.fill(said.fixed.steers["routine"])


def urgency_of(topics: list[str], said: Texts) -> Urgency:
    """Return the highest urgency of the topics' cards."""
    return "same_day" if any(said.library.cards[topic].urgency == "same_day" for topic in topics) else "routine"


def related_to(topics: list[str], said: Texts) -> list[str]:
    """Return the topics that the cards name as related, each once."""
    cards = [said.library.cards[topic] for topic in topics]
    return list(dict.fromkeys(other for card in cards for other in card.related if other not in topics))


def unknown_medicines(topic: str, mentions: Sequence[Mention], said: Texts) -> list[str]:
    """Return the medicines named that have no note, where medicines are what is asked about."""
    if topic not in MEDICINE_TOPICS:
        return []
    return [
        mention.name
        for mention in mentions
        if mention.kind == "medicine" and (known := said.entities.get(mention)) and not known.note
    ]


def _not_known(topic: str, mentions: Sequence[Mention], said: Texts) -> list[str]:
    """Say of medicines without a note that the guidance doesn't speak of them."""
    unknown = unknown_medicines(topic, mentions, said)
    text = said.fixed.replies["unknown_medicine"].text
    return [text.replace("{medicine}", " or ".join(unknown))] if unknown else []


def named(topic: str, mentions: Sequence[Mention], said: Texts) -> list[str]:
    """Return the names mentioned that change a topic's short answer: by a note, by having none, or by whose practice comes first."""
    regional = any(paragraph.region != "any" for paragraph in said.library.cards[topic].short)
    regions = [mention.name for mention in mentions if mention.kind == "region" and regional]
    notes = [note.name for note in said.entities.notes(topic, mentions)]
    return [*unknown_medicines(topic, mentions, said), *notes, *regions]


def _in_order(paragraphs: list[Paragraph], region: str) -> list[Paragraph]:
    """Where neighbouring paragraphs tell of different regions, the clinic's own comes first."""
    ordered: list[Paragraph] = []
    for paragraph in paragraphs:
        at = len(ordered)
        if paragraph.region == region:
            while at > 0 and ordered[at - 1].region not in ("any", region):
                at -= 1
        ordered.insert(at, paragraph)
    return ordered
