"""Answers from cards: one topic or several, longer or simpler, and their sources."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from assistant.errors import AssistantError
from assistant.guidance.entities import Mention
from assistant.reply import wording
from assistant.reply.entries import entry, named, related_to, steer_of, unknown_medicines, urgency_of
from assistant.reply.fixed import converse
from assistant.reply.form import Reply, Version
from assistant.reply.parts import as_dicts, buttons, clinic_contacts
from assistant.reply.repeats import Printed
from assistant.reply.wording import Texts


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
    printed = Printed()
    cards = [(topic, getattr(said.library.cards[topic], version)) for topic in topics]
    entries = [entry(topic, paragraphs, said, mentions, printed) for topic, paragraphs in cards]
    steer, related = steer_of(topics, said), related_to(topics, said)[:3]
    text = "\n\n".join([*first, *(part for one in entries for part in (one["title"], one["text"])), steer])
    return Reply(
        "answer",
        text,
        steer,
        topics=topics,
        options=related,
        answers=entries,
        urgency=urgency_of(topics, said),
        buttons=buttons(related, said),
        given={topic: [version, *named(topic, mentions, said)] for topic in topics},
    )


def adds(topic: str, mentions: Sequence[Mention], given: Collection[str], *, said: Texts | None = None) -> bool:
    """Tell whether a topic's short answer would say anything that a person hasn't been told of it.

    Args:
        topic: the card's id.
        mentions: what the person named.
        given: what was said of the topic (``Reply.given``).
        said: the texts to use; the project's own if None.
    """
    return not set(given).issuperset(["short", *named(topic, mentions, said or wording.texts())])


def same_notes(options: list[str], mentions: Sequence[Mention], *, said: Texts | None = None) -> bool:
    """Tell whether the answers to all these topics begin with the same sentences about what the person named."""
    said = said or wording.texts()
    first = [
        [*unknown_medicines(topic, mentions, said), *(note.name for note in said.entities.notes(topic, mentions))]
        for topic in options
    ]
    return bool(first[0]) and all(one == first[0] for one in first)


def explain(topics: list[str], version: Version, *, said: Texts | None = None) -> Reply:
    """Say the last answer again in another version: the longer one, the simple one or the same."""
    again = answer(topics, version=version, said=said)
    return replace(again, kind="conversation", topics=["explain_more"]) if again.kind == "answer" else again


def show_sources(topics: list[str], *, said: Texts | None = None) -> Reply:
    """Say where the answers come from, and list the sources of the last one."""
    said = said or wording.texts()
    general = converse("sources", said=said)
    topics = [topic for topic in topics if said.may_show(topic)]
    if not topics:
        return general
    entries = [entry(topic, said.library.cards[topic].short, said) for topic in topics]
    lines = [
        f"{one['title']}\n"
        + "\n".join(f"- {source['title']} ({source['publisher']}): {source['url']}" for source in one["sources"])
        for one in entries
    ]
    text = "\n\n".join([said.fill(said.fixed.replies["sources"].text), *lines, general.steer])
    return Reply("conversation", text, general.steer, topics=["sources"], answers=entries)


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
