"""All that may be said: the guidance, the fixed texts, the region's numbers, the clinic."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, Extra, Field, ValidationError

from assistant import paths, settings, yaml_lines
from assistant.contents import once
from assistant.errors import ContentError
from assistant.guidance import entities, reviews
from assistant.guidance import library as guidance
from assistant.guidance.entities import Entities
from assistant.guidance.library import Library
from assistant.guidance.reviews import Review, Reviews
from assistant.settings import Clinic

if TYPE_CHECKING:
    from assistant.nlu.red_flags import Hazard


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
    """All that may be said: the guidance, the fixed texts, the numbers of the region, the clinic, who signed what."""

    library: Library
    fixed: FixedTexts
    contacts: dict[str, list[Contact]]
    clinic: Clinic
    hazards: "dict[str, Hazard]"
    entities: Entities
    reviews: Reviews

    def review(self, topic: str) -> Review | None:
        """Return the signature of a card as it is now; None where nobody has signed it."""
        return self.reviews.valid(topic, self.library.version(topic))

    def may_show(self, topic: str) -> bool:
        """Tell whether a topic's answer may be shown: always, unless the clinic wants signed ones only."""
        return not self.clinic.require_reviewed or self.review(topic) is not None

    def signed(self) -> str:
        """Return which part of the cards is signed: ``none``, ``some`` or ``all``."""
        count = sum(self.review(topic) is not None for topic in self.library.cards)
        return "none" if not count else "some" if count < len(self.library.cards) else "all"

    def fill(self, text: str) -> str:
        """Put the region's numbers, the clinic's contacts and the retention time in place of their names in braces."""
        emergency = self.contacts["emergency"][0].number
        crisis = _listed(self.contacts["crisis"]) or f"Call {emergency}."
        if "{words_kept}" in text:
            from assistant.privacy.notice import words_kept  # brings the database's library with it

            text = text.replace("{words_kept}", words_kept(self.clinic.storage))
        if "{signed}" in text:
            text = text.replace("{signed}", self.fixed.replies[f"signed_{self.signed()}"].text)
        return (
            text.replace("{emergency}", f"Call {emergency} for an ambulance now.")
            .replace("{emergency_short}", f"call {emergency}")
            .replace("{emergency_number}", emergency)
            .replace("{crisis}", crisis)
            .replace("{urgent}", _urgent(self.contacts["urgent"]))
            .replace("{clinic}", clinic_line(self.clinic))
        )


@once
def texts() -> Texts:
    """Read all texts once. Raises ContentError when a file is broken."""
    return load_texts()


def load_texts(data: Path = paths.DATA, clinic: Clinic | None = None) -> Texts:
    """Read all texts below ``data``."""
    from assistant.nlu import red_flags  # brings spaCy with it, for which showing a card need not wait

    rules = red_flags.red_flags() if data == paths.DATA else red_flags.RedFlags.load(data / "safety")
    return replace(load_cards(data, clinic), hazards=rules.hazards)


def load_cards(data: Path = paths.DATA, clinic: Clinic | None = None, library: Library | None = None) -> Texts:
    """Read what answers are made from: all texts but those of the hazards.

    Args:
        data: the folder of the texts.
        clinic: the clinic; the one that is set if None.
        library: the guidance, where it was read before.
    """
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
        library or guidance.load(data / "guidance"),
        fixed,
        contacts,
        clinic,
        {},
        entities.known() if data == paths.DATA else entities.load(data / "entities"),
        reviews.load(data / "guidance"),
    )


def _problem(document: yaml_lines.Document, where: yaml_lines.Key, error: ValidationError) -> ContentError:
    first = error.errors()[0]
    return ContentError(
        document.path,
        document.line(*where, *first["loc"]),
        f"{'.'.join(map(str, first['loc']))}: {first['msg']}",
        "give it the form of its neighbours",
    )


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
