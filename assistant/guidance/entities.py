"""What a message may name that changes an answer: medicines, conditions, groups of people, forms of B12, regions, details asked about.

They stand in ``data/entities``, a file a kind. A name with a ``note`` has its own sentences in the answers to its ``topics``; a medicine
without one is recognised, so that the answer can say that the guidance doesn't speak of it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, Extra, Field, ValidationError

from assistant import paths, yaml_lines
from assistant.contents import once
from assistant.errors import ContentError

# File names and the Rasa entities they hold.
KINDS = {
    "medicines": "medicine",
    "conditions": "condition",
    "groups": "group",
    "forms": "form",
    "regions": "region",
    "details": "detail",
}

# How people write an age: "8 year old", "82yo".
_AGES = ("{age} {unit} old", "{age}-{unit}-old", "{age} {unit}s old")
_YEARS = ("{age}yo", "{age} yo", "{age} yr old", "aged {age}")


class Entity(BaseModel):
    """One name.

    Attributes:
        name: how an answer calls it.
        also: other names, brands, lay words, common misspellings; lower case.
        years, months: the ages, from and to, that a group of people has.
        note: what the guidance says of it, in sentences; None where it says nothing.
        facts: what the note rests on.
        topics: the cards in whose answers the note is worth adding.
    """

    name: str = Field(min_length=1)
    also: list[str] = Field(default_factory=list)
    years: tuple[int, int] | None = None
    months: tuple[int, int] | None = None
    note: str | None = None
    facts: list[str] = Field(default_factory=list)
    topics: list[str] = Field(default_factory=list)

    class Config:
        extra = Extra.forbid
        allow_mutation = False

    @property
    def names(self) -> list[str]:
        """All that it is called, in lower case, ages as people write them among it."""
        ages = [
            form.format(age=age, unit=unit)
            for unit, span in (("year", self.years), ("month", self.months))
            for age in (range(span[0], span[1] + 1) if span else ())
            for form in (_AGES if unit == "month" else _AGES + _YEARS)
        ]
        return list(dict.fromkeys(name.lower() for name in (self.name, *self.also, *ages)))


@dataclass(frozen=True)
class Mention:
    """A name that a message holds: its kind (``medicine``) and the name that answers use."""

    kind: str
    name: str


class Entities:
    """All names by kind."""

    def __init__(self, by_kind: dict[str, dict[str, Entity]]) -> None:
        self._by_kind = by_kind

    def get(self, mention: Mention) -> Entity | None:
        """Return what is known of a name."""
        return self._by_kind.get(mention.kind, {}).get(mention.name)

    def __iter__(self) -> Iterator[tuple[str, Entity]]:
        for kind, entities in self._by_kind.items():
            for entity in entities.values():
                yield kind, entity

    def notes(self, topic: str, mentions: Sequence[Mention]) -> list[Entity]:
        """Return the names mentioned that have a note for a topic's answer."""
        found = [entity for mention in mentions if (entity := self.get(mention))]
        return [entity for entity in found if entity.note and topic in entity.topics]


@once
def known() -> Entities:
    """Read all names once. Raises ContentError when a file is broken."""
    return load(paths.DATA / "entities")


def load(folder: Path) -> Entities:
    """Read all names.

    Raises:
        ContentError: a file can't be read, has an unknown name, or an entry has not the form it should have.
    """
    by_kind: dict[str, dict[str, Entity]] = {}
    for path in sorted(folder.glob("*.yml")):
        if path.stem not in KINDS:
            raise ContentError(path, 1, f"'{path.stem}' is no kind of name", f"use one of: {', '.join(KINDS)}")
        document = yaml_lines.load(path)
        found: dict[str, Entity] = {}
        for index, value in enumerate(document.data or []):
            try:
                entity = Entity.parse_obj(value)
            except ValidationError as error:
                first = error.errors()[0]
                raise ContentError(
                    path,
                    document.line(index, *first["loc"]),
                    f"{'.'.join(map(str, first['loc']))}: {first['msg']}",
                    "give it the form of its neighbours",
                ) from None
            if entity.name in found:
                raise ContentError(
                    path, document.line(index), f"'{entity.name}' is there already", "join the two entries"
                )
            found[entity.name] = entity
        by_kind[KINDS[path.stem]] = found
    return Entities(by_kind)
