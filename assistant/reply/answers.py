"""Answers from cards: one topic or several, longer or simpler, and their sources."""

from collections.abc import Sequence
from typing import Any

from assistant.errors import AssistantError
from assistant.guidance.entities import Mention
from assistant.guidance.schema import Paragraph, Urgency
from assistant.reply import wording
from assistant.reply.fixed import converse
from assistant.reply.form import Reply, Version
from assistant.reply.parts import as_dicts, buttons, clinic_contacts
from assistant.reply.wording import Texts

# The regions that people name, and whose paragraphs then come first.
REGIONS = {"britain": "uk", "america": "us"}
# Answers that say so when the guidance doesn't speak of the medicine that was asked about.
MEDICINE_TOPICS = {"interactions", "medicines_lowering_b12"}
REGION_LABELS = {"uk": "In the UK: ", "us": "In the US: "}


def answer(
    topics: list[str],
    *,
    version: Version = "short",
    told: Sequence[str] = (),
    mentions: Sequence[Mention] = (),
    said: Texts | None = None,
) -> Reply:
    """Answer one or more topics from their cards; say of those that must be signed first that they can't be shown yet.

    Args:
        topics: ids of cards, in the order of the text.
        version: the short answer, the longer one or the simple one.
        told: conversation intents that the same message asks; their fixed replies come first.
        mentions: what the person named: what the guidance says of it comes first, and their region's practice.
        said: the texts to use; the project's own if None.

    Raises:
        AssistantError: a topic has no card.
    """
    said = said or wording.texts()
    missing = [topic for topic in topics if topic not in said.library.cards]
    if missing or not topics:
        raise AssistantError(
            f"There is no card for {', '.join(missing) or 'no topic'}. Add data/guidance/cards/<topic>.yml."
        )
    first = [said.fill(said.fixed.replies[name].text) for name in told]
    withheld = [topic for topic in topics if not said.may_show(topic)]
    topics = [topic for topic in topics if topic not in withheld]
    if not topics:
        return _withheld(withheld, first, said)
    if withheld:
        first.append(_not_reviewed(withheld, said))
    entries = [_entry(topic, version, said, mentions) for topic in topics]
    cards = [said.library.cards[topic] for topic in topics]
    steer = cards[0].steer if len(cards) == 1 else said.fill(said.fixed.steers["routine"])
    related = list(dict.fromkeys(other for card in cards for other in card.related if other not in topics))[:3]
    text = "\n\n".join([*first, *(part for entry in entries for part in (entry["title"], entry["text"])), steer])
    urgency: Urgency = "same_day" if any(card.urgency == "same_day" for card in cards) else "routine"
    return Reply(
        "answer",
        text,
        steer,
        topics=topics,
        options=related,
        answers=entries,
        urgency=urgency,
        buttons=buttons(related, said),
    )


def same_notes(options: list[str], mentions: Sequence[Mention], *, said: Texts | None = None) -> bool:
    """Tell whether the answers to all these topics begin with the same sentences about what the person named."""
    said = said or wording.texts()
    first = [
        [*_unknown_medicines(topic, mentions, said), *(note.name for note in said.entities.notes(topic, mentions))]
        for topic in options
    ]
    return bool(first[0]) and all(one == first[0] for one in first)


def explain(topics: list[str], version: Version, *, said: Texts | None = None) -> Reply:
    """Say the last answer again in another version: the longer one, the simple one or the same."""
    said = said or wording.texts()
    again = answer(topics, version=version, said=said)
    if again.kind != "answer":
        return again
    return Reply(
        "conversation",
        again.text,
        again.steer,
        topics=["explain_more"],
        options=again.options,
        answers=again.answers,
        urgency=again.urgency,
        buttons=again.buttons,
    )


def show_sources(topics: list[str], *, said: Texts | None = None) -> Reply:
    """Say where the answers come from, and list the sources of the last one."""
    said = said or wording.texts()
    general = converse("sources", said=said)
    topics = [topic for topic in topics if said.may_show(topic)]
    if not topics:
        return general
    entries = [_entry(topic, "short", said) for topic in topics]
    lines = [
        f"{entry['title']}\n"
        + "\n".join(f"- {source['title']} ({source['publisher']}): {source['url']}" for source in entry["sources"])
        for entry in entries
    ]
    text = "\n\n".join([said.fill(said.fixed.replies["sources"].text), *lines, general.steer])
    return Reply("conversation", text, general.steer, topics=["sources"], answers=entries)


def _entry(topic: str, version: Version, said: Texts, mentions: Sequence[Mention] = ()) -> dict[str, Any]:
    card, review = said.library.cards[topic], said.review(topic)
    region = next((REGIONS[mention.name] for mention in mentions if mention.kind == "region"), said.clinic.region)
    notes = said.entities.notes(topic, mentions)
    sources = {
        **said.library.sources_of([fact for note in notes for fact in note.facts]),
        **said.library.card_sources(topic, texts=version),
    }
    told = {fact for note in notes for fact in note.facts}
    shown = [one for one in getattr(card, version) if not told.issuperset(one.facts)]
    paragraphs = [
        *_unknown_medicines(topic, mentions, said),
        *dict.fromkeys(str(note.note) for note in notes),
        *(_paragraph(paragraph) for paragraph in _in_order(shown, region)),
    ]
    return {
        "topic": topic,
        "title": card.title,
        "text": "\n\n".join(paragraphs),
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


def _withheld(topics: list[str], first: list[str], said: Texts) -> Reply:
    """Return the reply to topics of which none may be shown: whom to ask instead, and related answers that may be."""
    related = [other for topic in topics for other in said.library.cards[topic].related if said.may_show(other)]
    related = list(dict.fromkeys(related))[:3]
    steer = said.fill(said.fixed.steers["routine"])
    return Reply(
        "out_of_scope",
        "\n\n".join([*first, _not_reviewed(topics, said), steer]),
        steer,
        options=related,
        contacts=[*clinic_contacts(said.clinic), *as_dicts([*said.contacts["urgent"], *said.contacts["emergency"]])],
        buttons=buttons(related, said),
    )


def _not_reviewed(topics: list[str], said: Texts) -> str:
    titles = " ".join(said.library.cards[topic].title for topic in topics)
    return said.fill(said.fixed.replies["not_reviewed"].text).replace("{titles}", titles)


def _unknown_medicines(topic: str, mentions: Sequence[Mention], said: Texts) -> list[str]:
    """Say of medicines without a note that the guidance doesn't speak of them, where medicines are what is asked about."""
    unknown = [
        mention.name
        for mention in mentions
        if mention.kind == "medicine" and (known := said.entities.get(mention)) and not known.note
    ]
    if topic not in MEDICINE_TOPICS or not unknown:
        return []
    return [said.fixed.replies["unknown_medicine"].text.replace("{medicine}", " or ".join(unknown))]


def _paragraph(paragraph: Paragraph) -> str:
    return REGION_LABELS.get(paragraph.region, "") + paragraph.text


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
