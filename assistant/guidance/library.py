"""Reads the guidance from ``data/guidance``."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from assistant import paths, yaml_lines
from assistant.contents import once
from assistant.errors import ContentError
from assistant.guidance.schema import Card, Fact, Source

Form = TypeVar("Form", bound=BaseModel)


@dataclass(frozen=True)
class Library:
    """All cards by topic, facts by id, sources by id, and the document each card came from."""

    cards: dict[str, Card]
    facts: dict[str, Fact]
    sources: dict[str, Source]
    documents: dict[str, yaml_lines.Document]
    _versions: dict[str, str] = field(default_factory=dict, init=False, repr=False, compare=False)

    def card_sources(self, topic: str, *, texts: str = "short") -> dict[str, Source]:
        """Return the sources that a card's text rests on, in the order of the text.

        Args:
            topic: the card's id.
            texts: ``short``, ``more`` or ``simple``: the version of the answer shown.
        """
        return self.sources_of(
            [fact_id for paragraph in getattr(self.cards[topic], texts) for fact_id in paragraph.facts]
        )

    def sources_of(self, fact_ids: list[str]) -> dict[str, Source]:
        """Return the sources of facts, each once, in the order of the facts."""
        ids = [source_id for fact_id in fact_ids for source_id in self.facts[fact_id].sources]
        return {source_id: self.sources[source_id] for source_id in ids}

    def version(self, topic: str) -> str:
        """Return 12 hex digits that change whenever the card, one of its facts or their sources do; computed once."""
        if topic not in self._versions:
            self._versions[topic] = self._version(topic)
        return self._versions[topic]

    def _version(self, topic: str) -> str:
        card = self.cards[topic]
        facts = {fact_id: self.facts[fact_id] for paragraph in card.paragraphs for fact_id in paragraph.facts}
        sources = {source_id: self.sources[source_id] for fact in facts.values() for source_id in fact.sources}
        parts = [
            card.json(),
            *(facts[key].json() for key in sorted(facts)),
            *(sources[key].json() for key in sorted(sources)),
        ]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:12]


@once
def card_data() -> dict[str, dict[str, Any]]:
    """Return each card's data by its topic, as they stand in the file, for those who need a title and no more."""
    return {path.stem: yaml_lines.load(path).data for path in sorted((paths.GUIDANCE / "cards").glob("*.yml"))}


def load(folder: Path = paths.GUIDANCE) -> Library:
    """Read every source, fact and card below ``folder``.

    Raises:
        ContentError: for the first file that cannot be read or has not the form it should have.
    """
    problems: list[ContentError] = []
    library = load_collecting(folder, problems)
    if problems:
        raise problems[0]
    return library


def load_collecting(folder: Path, problems: list[ContentError]) -> Library:
    """Read what can be read below ``folder``; what cannot goes into ``problems``."""
    sources: dict[str, Source] = {}
    facts: dict[str, Fact] = {}
    cards: dict[str, Card] = {}
    documents: dict[str, yaml_lines.Document] = {}
    for document in _documents(folder, "sources.yml", problems):
        for key, value in (document.data or {}).items():
            _add(sources, key, Source, value, document, (key,), problems)
    for document in _documents(folder / "facts", "*.yml", problems):
        for index, value in enumerate(document.data or []):
            key = value.get("id", f"#{index}") if isinstance(value, dict) else f"#{index}"
            _add(facts, key, Fact, value, document, (index,), problems)
            if key.split(".")[0] != document.path.stem:
                problems.append(
                    ContentError(
                        document.path,
                        document.line(index),
                        f"fact '{key}' stands in the wrong file",
                        f"name it {document.path.stem}.<number>, or move it",
                    )
                )
    for document in _documents(folder / "cards", "*.yml", problems):
        documents[document.path.stem] = document
        _add(cards, document.path.stem, Card, document.data, document, (), problems)
    return Library(cards, facts, sources, documents)


def _documents(folder: Path, pattern: str, problems: list[ContentError]) -> Iterator[yaml_lines.Document]:
    for path in sorted(folder.glob(pattern)):
        try:
            yield yaml_lines.load(path)
        except ContentError as error:
            problems.append(error)


def _add(
    into: dict[str, Form],
    key: str,
    form: type[Form],
    value: Any,
    document: yaml_lines.Document,
    where: yaml_lines.Key,
    problems: list[ContentError],
) -> None:
    if key in into:
        problems.append(
            ContentError(document.path, document.line(*where), f"'{key}' is there already", "give it another id")
        )
        return
    try:
        into[key] = form.parse_obj(value)
    except ValidationError as error:
        for item in error.errors():
            location = (*where, *item["loc"])
            name = ".".join(str(part) for part in item["loc"] if part != "__root__") or key
            problems.append(
                ContentError(document.path, document.line(*location), f"{name}: {item['msg']}", _mend(item["type"]))
            )


def _mend(kind: str) -> str:
    if kind == "value_error.missing":
        return "add it; docs/editing.md shows a whole card"
    if kind == "value_error.extra":
        return "remove it or correct its spelling"
    return "correct the value; docs/editing.md shows the form"
