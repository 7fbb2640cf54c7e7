"""Who signed which version of a card, and when: ``data/guidance/reviews.yml``, the one place that says so.

A signature holds for the version that was signed. It is void as soon as the card, one of its facts or a source changes.
"""

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import BaseModel, ConstrainedStr, Extra, ValidationError

from assistant import paths, yaml_lines
from assistant.errors import AssistantError, ContentError
from assistant.guidance.library import Library
from assistant.guidance.schema import Paragraph, Text

FILE = "reviews.yml"
_HEAD = "# Who signed which version of a card, written by `b12 sign` (docs/editing.md). `signed` is what was signed.\n"


class OneLine(ConstrainedStr):
    """A line of text."""

    strip_whitespace = True
    min_length = 1
    max_length = 200
    regex = re.compile(r"^[^\n\r]+$")


class VersionId(ConstrainedStr):
    """A card's version, as ``Library.version`` returns it."""

    regex = re.compile(r"^[0-9a-f]{12}$")


class Review(BaseModel):
    """One signature.

    Attributes:
        topic: the card's id.
        version: the version that was signed.
        date: the day of the signature.
        name, role, registration: who signed, as what, and their number in the register of their profession.
        note: what they want to be known with it.
        signed: the card with its facts and sources as they were, to show later what has changed since.
    """

    topic: OneLine
    version: VersionId
    date: datetime.date
    name: OneLine
    role: OneLine
    registration: OneLine
    note: OneLine | None = None
    signed: Text

    class Config:
        extra = Extra.forbid
        allow_mutation = False


@dataclass(frozen=True)
class Reviews:
    """All signatures, the oldest first."""

    signed: list[Review]

    def last(self, topic: str) -> Review | None:
        """Return the last signature of a card, whether it holds or not."""
        return next((review for review in reversed(self.signed) if review.topic == topic), None)

    def valid(self, topic: str, version: str) -> Review | None:
        """Return the last signature of this version of a card; None where nobody signed it."""
        return next(
            (review for review in reversed(self.signed) if (review.topic, review.version) == (topic, version)), None
        )


def load(folder: Path = paths.GUIDANCE) -> Reviews:
    """Read the signatures; none where there is no file. Raises ContentError, which names the line."""
    problems: list[ContentError] = []
    found = [review for _, review in _read(folder / FILE, problems)]
    if problems:
        raise problems[0]
    return Reviews(found)


def check(library: Library, folder: Path = paths.GUIDANCE, *, today: datetime.date | None = None) -> list[ContentError]:
    """Return every problem of the signatures below ``folder``, by line."""
    path = folder / FILE
    problems: list[ContentError] = []
    for line, review in _read(path, problems):
        if review.topic not in library.cards:
            problems.append(
                ContentError(
                    path, line, f"'{review.topic}' has no card", "correct the topic, or take the signature out"
                )
            )
        elif review.version == library.version(review.topic) and review.signed != snapshot(library, review.topic):
            problems.append(
                ContentError(
                    path,
                    line,
                    f"what {review.name} signed was changed by hand",
                    f"take this signature out and sign again: b12 sign {review.topic}",
                )
            )
        if review.date > (today or datetime.date.today()):
            problems.append(ContentError(path, line, "the signature is from the future", "correct the date"))
    return problems


def sign(library: Library, review: Review, folder: Path = paths.GUIDANCE) -> None:
    """Append a signature.

    Raises:
        AssistantError: the same person has signed this version already, or the file is broken.
    """
    path = folder / FILE
    for before in load(folder).signed:
        if (before.topic, before.version, before.name) == (review.topic, review.version, review.name):
            raise AssistantError(
                f"{review.name} has signed this version of '{review.topic}' already, on {before.date}."
            )
    kept = path.read_text(encoding="utf-8") if path.exists() else _HEAD
    record = yaml.dump(
        [review.dict()], Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1_000_000, default_flow_style=False
    )
    path.write_text(kept.rstrip("\n") + "\n" + record, encoding="utf-8")


def snapshot(library: Library, topic: str) -> str:
    """Return a card with its facts and sources as lines of text: all that its version depends on, in a form to compare."""
    card = library.cards[topic]
    ids = sorted({fact_id for paragraph in card.paragraphs for fact_id in paragraph.facts})
    facts = [library.facts[fact_id] for fact_id in ids]
    sources = {source_id: library.sources[source_id] for fact in facts for source_id in fact.sources}
    lines = [f"title: {card.title}", f"urgency: {card.urgency}"]
    for part in ("short", "more", "simple"):
        lines += [f"{part}:", *_paragraphs(getattr(card, part))]
    lines += [
        f"steer: {card.steer}",
        f"related: {', '.join(card.related)}",
        f"last checked: {card.last_checked}",
        f"review due: {card.review_due}",
        "facts:",
    ]
    for fact in facts:
        confirmed = "confirmed" if fact.confirmed else "not confirmed"
        limits = f"; wordings: {', '.join(fact.wordings)}" if fact.wordings else ""
        lines.append(
            f"- {fact.id} ({fact.kind}, {fact.region}, {confirmed}; sources: {', '.join(fact.sources)}{limits}): {fact.fact}"
        )
    lines.append("sources:")
    for source_id, source in sorted(sources.items()):
        lines.append(
            f"- {source_id}: {source.title}. {source.publisher}, {source.published_or_reviewed or 'no date'}, {source.region}. "
            f"{source.url} ({source.note})"
        )
    return "\n".join(line for text in lines for line in (part.strip() for part in text.split("\n")) if line)


def _paragraphs(paragraphs: list[Paragraph]) -> Iterator[str]:
    for paragraph in paragraphs:
        yield f"- {paragraph.text}"
        yield f"({paragraph.region}; rests on {', '.join(paragraph.facts)})"


def _read(path: Path, problems: list[ContentError]) -> Iterator[tuple[int, Review]]:
    """Yield the signatures that can be read, with their lines; what cannot goes into ``problems``."""
    if not path.exists():
        return
    try:
        document = yaml_lines.load(path)
    except ContentError as error:
        problems.append(error)
        return
    if not isinstance(document.data or [], list):
        problems.append(ContentError(path, 1, "no list of signatures", "begin each one with '- topic:'"))
        return
    for index, value in enumerate(document.data or []):
        try:
            yield document.line(index), Review.parse_obj(value)
        except ValidationError as error:
            for item in error.errors():
                name = ".".join(str(part) for part in item["loc"] if part != "__root__") or "signature"
                problems.append(
                    ContentError(
                        path,
                        document.line(index, *item["loc"]),
                        f"{name}: {item['msg']}",
                        "take the signature out and sign again with b12 sign",
                    )
                )


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as such, so that people can read what was signed."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)
for _kind in (OneLine, VersionId, Text):
    _Dumper.add_representer(_kind, _text)
