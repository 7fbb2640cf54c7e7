"""The reply: the only place where one is made, and none is made without its steer to a provider.

The form is the contract of docs/reply.md. Every sentence comes from a card or from ``data/replies.yml``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, Extra, Field, ValidationError

from assistant import paths, settings, yaml_lines
from assistant.contents import once
from assistant.errors import AssistantError, ContentError
from assistant.guidance import entities
from assistant.guidance import library as guidance
from assistant.guidance.entities import Entities, Mention
from assistant.guidance.library import Library
from assistant.guidance.schema import Paragraph, Urgency
from assistant.nlu.red_flags import Hazard, RedFlags
from assistant.privacy.notice import words_kept
from assistant.settings import Clinic

Kind = Literal["answer", "clarify", "out_of_scope", "emergency", "crisis", "conversation", "failed"]
Version = Literal["short", "more", "simple"]
# The regions that people name, and whose paragraphs then come first.
REGIONS = {"britain": "uk", "america": "us"}
# Answers that say so when the guidance doesn't speak of the medicine that was asked about.
MEDICINE_TOPICS = {"interactions", "medicines_lowering_b12"}
REGION_LABELS = {"uk": "In the UK: ", "us": "In the US: "}
# Shown when even the texts of data/replies.yml can't be read: a reply without a steer must not leave in any event.
LAST_RESORT_TEXT = "I'm sorry, something went wrong here and I can't answer just now."
LAST_RESORT_STEER = "If it is about your health, talk to a doctor, nurse or pharmacist. In an emergency, call 999 in the UK, 911 in the US or 112 in Europe."


class Contact(BaseModel):
    """A number to call. ``fact`` is where it comes from; the clinic's own has none."""

    label: str
    number: str
    href: str
    fact: str | None = None


class FixedReply(BaseModel):
    """A fixed text, the topics offered below it or the answers to tap, and the facts it rests on where it speaks of health."""

    text: str = Field(min_length=1)
    answers: list[str] = Field(default_factory=list)
    options: list[str] = Field(default_factory=list, max_items=3)
    facts: list[str] = Field(default_factory=list)
    none_of_these: str | None = None

    class Config:
        extra = Extra.forbid


class FixedTexts(BaseModel):
    """``data/replies.yml``."""

    steers: dict[str, str]
    replies: dict[str, FixedReply]
    out_of_scope: dict[str, FixedReply]
    languages: dict[str, str]

    class Config:
        extra = Extra.forbid


@dataclass(frozen=True)
class Texts:
    """All that may be said: the guidance, the fixed texts, the numbers of the region, the clinic."""

    library: Library
    fixed: FixedTexts
    contacts: dict[str, list[Contact]]
    clinic: Clinic
    hazards: dict[str, Hazard]
    entities: Entities

    def fill(self, text: str) -> str:
        """Put the region's numbers, the clinic's contacts and the retention time in place of their names in braces."""
        emergency = self.contacts["emergency"][0].number
        crisis = _listed(self.contacts["crisis"]) or f"Call {emergency}."
        return (
            text.replace("{emergency}", f"Call {emergency} for an ambulance now.")
            .replace("{emergency_short}", f"call {emergency}")
            .replace("{emergency_number}", emergency)
            .replace("{crisis}", crisis)
            .replace("{urgent}", _urgent(self.contacts["urgent"]))
            .replace("{clinic}", clinic_line(self.clinic))
            .replace("{words_kept}", words_kept(self.clinic.storage))
        )


@dataclass(frozen=True)
class Reply:
    """One turn's reply.

    Attributes:
        text: what the person reads; it contains the steer.
        buttons: what they may tap: ``title`` and ``payload``, the text sent when tapped.
        The rest is the envelope of docs/reply.md.
    """

    kind: Kind
    text: str
    steer: str
    topics: list[str] = field(default_factory=list)
    options: list[str] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)
    urgency: Urgency = "routine"
    contacts: list[dict[str, str]] = field(default_factory=list)
    feedback_token: str | None = None
    buttons: list[dict[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        if not self.steer.strip() or self.steer not in self.text:
            raise AssistantError(
                f"A reply of kind '{self.kind}' was made without its steer. Make replies with assistant.reply only."
            )

    def envelope(self) -> dict[str, Any]:
        """Return what front ends are built from."""
        return {
            "kind": self.kind,
            "topics": self.topics,
            "options": self.options,
            "answers": self.answers,
            "urgency": self.urgency,
            "steer": self.steer,
            "contacts": self.contacts,
            "feedback_token": self.feedback_token,
        }


@once
def texts() -> Texts:
    """Read all texts once. Raises ContentError when a file is broken."""
    return load_texts()


def load_texts(data: Path = paths.DATA, clinic: Clinic | None = None) -> Texts:
    """Read all texts below ``data``."""
    clinic = clinic or settings.load()
    replies = yaml_lines.load(data / "replies.yml")
    numbers = yaml_lines.load(data / "contacts.yml")
    try:
        fixed = FixedTexts.parse_obj(replies.data)
    except ValidationError as error:
        raise _problem(replies, (), error) from None
    try:
        contacts = {
            purpose: [Contact.parse_obj(contact) for contact in found]
            for purpose, found in numbers.data[clinic.region].items()
        }
    except ValidationError as error:
        raise _problem(numbers, (clinic.region,), error) from None
    return Texts(
        guidance.load(data / "guidance"),
        fixed,
        contacts,
        clinic,
        RedFlags.load(data / "safety").hazards,
        entities.load(data / "entities"),
    )


def _problem(document: yaml_lines.Document, where: yaml_lines.Key, error: ValidationError) -> ContentError:
    first = error.errors()[0]
    return ContentError(
        document.path,
        document.line(*where, *first["loc"]),
        f"{'.'.join(map(str, first['loc']))}: {first['msg']}",
        "give it the form of its neighbours",
    )


def answer(
    topics: list[str],
    *,
    version: Version = "short",
    told: Sequence[str] = (),
    mentions: Sequence[Mention] = (),
    said: Texts | None = None,
) -> Reply:
    """Answer one or more topics from their cards.

    Args:
        topics: ids of cards, in the order of the text.
        version: the short answer, the longer one or the simple one.
        told: conversation intents that the same message asks; their fixed replies come first.
        mentions: what the person named: what the guidance says of it comes first, and their region's practice.
        said: the texts to use; the project's own if None.

    Raises:
        AssistantError: a topic has no card.
    """
    said = said or texts()
    missing = [topic for topic in topics if topic not in said.library.cards]
    if missing or not topics:
        raise AssistantError(
            f"There is no card for {', '.join(missing) or 'no topic'}. Add data/guidance/cards/<topic>.yml."
        )
    entries = [_entry(topic, version, said, mentions) for topic in topics]
    cards = [said.library.cards[topic] for topic in topics]
    steer = cards[0].steer if len(cards) == 1 else said.fill(said.fixed.steers["routine"])
    related = list(dict.fromkeys(other for card in cards for other in card.related if other not in topics))[:3]
    first = [said.fill(said.fixed.replies[name].text) for name in told]
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
        buttons=_buttons(related, said),
    )


def same_notes(options: list[str], mentions: Sequence[Mention], *, said: Texts | None = None) -> bool:
    """Tell whether the answers to all these topics begin with the same sentences about what the person named."""
    said = said or texts()
    first = [
        [*_unknown_medicines(topic, mentions, said), *(note.name for note in said.entities.notes(topic, mentions))]
        for topic in options
    ]
    return bool(first[0]) and all(one == first[0] for one in first)


def clarify(options: list[str], *, words: str = "ask_back", said: Texts | None = None) -> Reply:
    """Offer up to three topics as questions in lay words, and 'none of these'.

    Args:
        options: ids of cards.
        words: which of the fixed replies stands above them.
        said: the texts to use; the project's own if None.
    """
    said = said or texts()
    fixed = said.fixed.replies[words]
    steer = said.fill(said.fixed.steers["routine"])
    none = str(said.fixed.replies["ask_back"].none_of_these)
    lines = [f"{number}. {said.library.cards[topic].title}" for number, topic in enumerate(options, start=1)]
    lines.append(f"{len(options) + 1}. {none}")
    text = "\n\n".join([said.fill(fixed.text), "\n".join(lines), steer])
    return Reply(
        "clarify", text, steer, options=options, buttons=[*_buttons(options, said), {"title": none, "payload": none}]
    )


def decline(kind: str = "other", *, said: Texts | None = None) -> Reply:
    """Say that a message is out of scope, in the words for its kind, and what the assistant can help with."""
    said = said or texts()
    fixed = said.fixed.out_of_scope.get(kind) or said.fixed.out_of_scope["other"]
    return _fixed("out_of_scope", fixed, said, "routine", [])


def stuck(*, said: Texts | None = None) -> Reply:
    """Stop guessing: show the main topics, and how to reach a person."""
    said = said or texts()
    return _fixed("out_of_scope", said.fixed.replies["stuck"], said, "routine", _clinic_contacts(said.clinic))


def other_language(language: str | None, *, said: Texts | None = None) -> Reply:
    """Say that the assistant speaks English for now, first in the person's own language where its sentence is there.

    Args:
        language: its code (ISO 639-1), or None if it isn't known.
        said: the texts to use; the project's own if None.
    """
    said = said or texts()
    reply = decline("other_languages", said=said)
    own = said.fixed.languages.get(language or "")
    contacts = [*_clinic_contacts(said.clinic), *_dicts(said.contacts["emergency"])]
    return replace(reply, text=f"{said.fill(own)}\n\n{reply.text}" if own else reply.text, contacts=contacts)


def converse(*intents: str, said: Texts | None = None) -> Reply:
    """Give the fixed reply to a conversation intent such as ``greet`` or ``privacy``, or to several."""
    said = said or texts()
    contacts = _clinic_contacts(said.clinic) if "find_provider" in intents else []
    found = [said.fixed.replies[intent] for intent in intents]
    joined = found[0].copy(update={"text": "\n\n".join(one.text for one in found)})
    return _fixed("conversation", joined, said, "routine", contacts, topics=list(intents))


def explain(topics: list[str], version: Version, *, said: Texts | None = None) -> Reply:
    """Say the last answer again in another version: the longer one, the simple one or the same."""
    said = said or texts()
    again = answer(topics, version=version, said=said)
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
    said = said or texts()
    general = converse("sources", said=said)
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


def emergency(hazard: str | None = None, *, said: Texts | None = None) -> Reply:
    """Send the person to an ambulance now: whom to call first, then what to do until help comes.

    Args:
        hazard: a hazard of ``data/safety``, for its own help; None where only the classifier recognised an emergency.
        said: the texts to use; the project's own if None.
    """
    said = said or texts()
    steer = said.fill(said.fixed.steers["now"])
    found = said.hazards.get(hazard or "")
    text = "\n\n".join(
        part for part in (said.fill(said.fixed.replies["emergency"].text), steer, found.help if found else None) if part
    )
    return Reply("emergency", text, steer, urgency="now", contacts=_dicts(said.contacts["emergency"]))


def crisis(*, said: Texts | None = None) -> Reply:
    """Answer thoughts of suicide or self-harm: the crisis line, and nothing else."""
    said = said or texts()
    contacts = _dicts([*said.contacts["crisis"], *said.contacts["emergency"]])
    return _fixed("crisis", said.fixed.replies["self_harm"], said, "now", contacts, steer="crisis")


def same_day(hazard: str, reply: Reply, *, said: Texts | None = None) -> Reply:
    """Head a reply with whom to see today, and why.

    Args:
        hazard: a same-day hazard of ``data/safety``.
        reply: the answer to what was asked. Anything but an answer is replaced by the hazard's own card.
        said: the texts to use; the project's own if None.
    """
    said = said or texts()
    found = said.hazards[hazard]
    if reply.kind != "answer":
        reply = answer([str(found.topic)], said=said)
    steer = said.fill(said.fixed.steers["same_day"]).replace("{because}", str(found.because))
    contacts = [*_clinic_contacts(said.clinic), *_dicts(said.contacts["urgent"])]
    return replace(reply, text=f"{steer}\n\n{reply.text}", steer=steer, urgency="same_day", contacts=contacts)


def safe_now(*, said: Texts | None = None) -> Reply:
    """Ask whether the person is safe, before normal answers go on after an emergency."""
    said = said or texts()
    fixed = said.fixed.replies["safe_now"]
    contacts = _dicts([*said.contacts["emergency"], *said.contacts["crisis"]])
    reply = _fixed("conversation", fixed, said, "now", contacts, steer="now", topics=["safe_now"])
    return replace(reply, buttons=[{"title": words, "payload": words} for words in fixed.answers])


def at_the_desk(*, said: Texts | None = None) -> str | None:
    """Return what the kiosk says first in an emergency: whom to tell in the room; None where nobody is there."""
    said = said or texts()
    desk = said.clinic.kiosk.desk
    return said.fixed.replies["at_the_desk"].text.replace("{desk}", desk) if desk else None


def failed(*, said: Texts | None = None) -> Reply:
    """Apologise and steer. This never raises: where the texts themselves are broken, the last resort's text is given."""
    try:
        said = said or texts()
        contacts = [*_clinic_contacts(said.clinic), *_dicts(said.contacts["emergency"])]
        return _fixed("failed", said.fixed.replies["failed"], said, "routine", contacts, steer="failed")
    except Exception:
        return Reply("failed", f"{LAST_RESORT_TEXT}\n\n{LAST_RESORT_STEER}", LAST_RESORT_STEER)


def clinic_line(clinic: Clinic) -> str:
    """Return how to reach the clinic in one or two sentences."""
    if not (clinic.phone or clinic.website):
        return f"Please contact {clinic.name} yourself, by the number on your letters or its website."
    ways = " or ".join(
        way
        for way in (f"ring {clinic.phone}" if clinic.phone else "", f"see {clinic.website}" if clinic.website else "")
        if way
    )
    hours = f" It is open {clinic.hours}." if clinic.hours else ""
    return f"To reach {clinic.name}, {ways}.{hours}"


def _fixed(
    kind: Kind,
    fixed: FixedReply,
    said: Texts,
    urgency: Urgency,
    contacts: list[dict[str, str]],
    *,
    steer: str = "routine",
    topics: list[str] | None = None,
) -> Reply:
    line = said.fill(said.fixed.steers[steer])
    return Reply(
        kind,
        f"{said.fill(fixed.text)}\n\n{line}",
        line,
        topics=topics or [],
        options=fixed.options,
        urgency=urgency,
        contacts=contacts,
        buttons=_buttons(fixed.options, said),
    )


def _entry(topic: str, version: Version, said: Texts, mentions: Sequence[Mention] = ()) -> dict[str, Any]:
    card = said.library.cards[topic]
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
    }


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


def _buttons(topics: list[str], said: Texts) -> list[dict[str, str]]:
    return [
        {"title": said.library.cards[topic].title, "payload": said.library.cards[topic].title}
        for topic in topics
        if topic in said.library.cards
    ]


def _dicts(contacts: list[Contact]) -> list[dict[str, str]]:
    return [{"label": contact.label, "number": contact.number, "href": contact.href} for contact in contacts]


def _clinic_contacts(clinic: Clinic) -> list[dict[str, str]]:
    if not clinic.phone:
        return []
    return [
        {
            "label": clinic.name,
            "number": clinic.phone,
            "href": "tel:" + "".join(char for char in clinic.phone if char.isdigit() or char == "+"),
        }
    ]


def _urgent(contacts: list[Contact]) -> str:
    return (
        f"If you can't reach one, call {contacts[0].label}."
        if contacts
        else "If you can't reach one, go to an urgent care clinic."
    )


def _listed(contacts: list[Contact]) -> str:
    return " ".join(
        f"{contact.label}."
        if contact.number in contact.label.replace(" ", "")
        else f"{contact.label}: {contact.number}."
        for contact in contacts
    )
