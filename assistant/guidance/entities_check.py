"""Checks the names of ``data/entities``: every note rests on confirmed facts, and no name means two things."""

from collections.abc import Iterator
from pathlib import Path

from assistant import yaml_lines
from assistant.errors import ContentError
from assistant.guidance.check import HIGHEST_GRADE, read_limits
from assistant.guidance.entities import KINDS, Entity, load
from assistant.guidance.library import Library
from assistant.guidance.numbers import numbers
from assistant.guidance.reading import reading_grade
from assistant.guidance.wordings import found

# Names of medicines and conditions are long words that have no other word.
_GRADE = HIGHEST_GRADE + 1


def check(folder: Path, library: Library, guidance: Path) -> Iterator[ContentError]:
    """Yield every problem of the names below ``folder``.

    Args:
        folder: ``data/entities``.
        library: the guidance, for its cards and facts.
        guidance: ``data/guidance``, for what no text may say.
    """
    try:
        load(folder)
    except ContentError as error:
        yield error
        return
    limits = read_limits(guidance / "never_say.yml")
    plain_words = [str(word) for word in yaml_lines.load(guidance / "reading_exceptions.yml").data or []]
    owners: dict[str, str] = {}
    for stem in KINDS:
        path = folder / f"{stem}.yml"
        if not path.exists():
            continue
        document = yaml_lines.load(path)
        for index, value in enumerate(document.data or []):
            entity = Entity.parse_obj(value)
            line = document.line(index)
            for name in entity.names:
                if name in owners:
                    yield ContentError(
                        path, line, f"'{name}' stands for '{owners[name]}' as well", "keep it in one place"
                    )
                owners[name] = entity.name
            for topic in entity.topics:
                if topic not in library.cards:
                    yield ContentError(path, line, f"'{topic}' has no card", "name a topic that has one")
            if not entity.note:
                continue
            facts = [library.facts[fact] for fact in entity.facts if fact in library.facts]
            if len(facts) < len(entity.facts) or not any(fact.confirmed for fact in facts):
                yield ContentError(
                    path,
                    line,
                    f"the note on '{entity.name}' needs confirmed facts",
                    "name facts of data/guidance/facts",
                )
            known = numbers(" ".join(fact.fact for fact in facts if fact.confirmed))
            for number in sorted(numbers(entity.note) - known):
                yield ContentError(
                    path, line, f"the number {number} stands in none of the note's confirmed facts", "cite its fact"
                )
            for limit in limits:
                wording = found(entity.note, limit.wordings)
                if wording:
                    yield ContentError(
                        path, line, f"says '{wording}', which {limit.id} rules out", "say it differently"
                    )
            grade = reading_grade(entity.note, [*plain_words, *entity.names])
            if grade > _GRADE:
                yield ContentError(
                    path, line, f"the note on '{entity.name}' reads at grade {grade:.1f}", "use shorter sentences"
                )
