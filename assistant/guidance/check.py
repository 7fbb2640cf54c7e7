"""Checks the guidance: every sentence has its fact, every number stands in it, nothing is overdue.

``python -m assistant.guidance.check [topic ...]`` prints each problem with its file, line and mend.
"""

import datetime
import re
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from pydantic import ValidationError

from assistant import paths, yaml_lines
from assistant.errors import ContentError
from assistant.guidance import library as guidance
from assistant.guidance.library import Library
from assistant.guidance.numbers import numbers
from assistant.guidance.reading import reading_grade
from assistant.guidance.schema import Card, Paragraph
from assistant.guidance.wordings import Limit, found

SHORT_WORDS = (40, 120)
MORE_WORDS = (40, 260)
SIMPLE_WORDS = (12, 70)
TITLE_LETTERS = 70
HIGHEST_GRADE = 8.0
LONGEST_REVIEW = datetime.timedelta(days=731)  # two years: half of what PIF TICK and HSE allow, rounded up
_PROVIDER = re.compile(
    r"\b(doctor|nurse|pharmacist|pharmacy|GP|midwife|provider|clinic|surgery|health visitor|clinician|111|healthcare)\b",
    re.I,
)

Check = Callable[[str, Card, Library], Iterator[ContentError]]


def check(
    folder: Path = paths.GUIDANCE, *, today: datetime.date | None = None, topics: list[str] | None = None
) -> list[ContentError]:
    """Return every problem of the guidance below ``folder``, by file and line; see ``examine``."""
    return examine(folder, today=today, topics=topics)[1]


def examine(
    folder: Path = paths.GUIDANCE, *, today: datetime.date | None = None, topics: list[str] | None = None
) -> tuple[Library, list[ContentError]]:
    """Read the guidance below ``folder`` and find its problems.

    Args:
        folder: ``data/guidance`` or another of its form.
        today: the day on which reviews are due or not; the present day if None.
        topics: only these cards and their facts; all if None.

    Returns:
        What could be read, and every problem, by file and line.
    """
    problems: list[ContentError] = []
    library = guidance.load_collecting(folder, problems)
    limits = _limits(folder / "never_say.yml", problems)
    plain_words = _reading_exceptions(folder / "reading_exceptions.yml", problems)
    problems += _facts(folder, library, topics)
    checks: list[Check] = [
        _paragraphs,
        _lengths,
        _steer,
        _related,
        partial(_never_said, limits),
        partial(_reading_grade, plain_words),
        partial(_dates, today or datetime.date.today()),
    ]
    for topic, card in library.cards.items():
        for one in checks if topics is None or topic in topics else []:
            problems += one(topic, card, library)
    if topics is not None:
        problems = [problem for problem in problems if problem.path.stem in topics]
        problems += [
            ContentError(folder / "cards" / f"{topic}.yml", 1, "the card is missing", "write it")
            for topic in topics
            if topic not in library.cards and not (folder / "cards" / f"{topic}.yml").exists()
        ]
    return library, sorted(problems, key=lambda problem: (problem.path, problem.line))


def _at(library: Library, topic: str, *key: str | int) -> tuple[Path, int]:
    document = library.documents[topic]
    return document.path, document.line(*key)


def _parts(card: Card) -> Iterator[tuple[str, int, Paragraph]]:
    for part in ("short", "more", "simple"):
        for index, paragraph in enumerate(getattr(card, part)):
            yield part, index, paragraph


def _facts(folder: Path, library: Library, topics: list[str] | None) -> Iterator[ContentError]:
    for path in sorted((folder / "facts").glob("*.yml")):
        if topics is not None and path.stem not in topics:
            continue
        try:
            document = yaml_lines.load(path)
        except ContentError:  # reading the library has told of it
            continue
        for index, value in enumerate(document.data or []):
            fact = library.facts.get(str(value.get("id"))) if isinstance(value, dict) else None
            if fact is None:
                continue
            for source in fact.sources:
                if source not in library.sources:
                    yield ContentError(
                        path,
                        document.line(index, "sources"),
                        f"fact '{fact.id}' names an unknown source '{source}'",
                        "correct the id, or add the source to data/guidance/sources.yml",
                    )
            if fact.kind == "do_not_say" and not fact.wordings:
                yield ContentError(
                    path,
                    document.line(index),
                    f"'{fact.id}' is a do_not_say without wordings",
                    "add 'wordings:', the phrases that would break it",
                )


def _paragraphs(topic: str, card: Card, library: Library) -> Iterator[ContentError]:
    for part, index, paragraph in _parts(card):
        where = _at(library, topic, part, index, "facts")
        cited = []
        for fact_id in paragraph.facts:
            fact = library.facts.get(fact_id)
            if fact is None:
                yield ContentError(
                    *where, f"unknown fact '{fact_id}'", "correct the id, or add the fact to data/guidance/facts/"
                )
            elif fact.kind == "do_not_say":
                yield ContentError(
                    *where, f"'{fact_id}' is a limit (do_not_say), not support", "cite a fact that says it"
                )
            else:
                cited.append(fact)
        if cited and not any(fact.confirmed for fact in cited):
            yield ContentError(
                *where, "the paragraph rests on unconfirmed facts only", "add a confirmed fact or take the claim out"
            )
        # A number needs a confirmed fact, since it is what people act on.
        known = numbers(" ".join(fact.fact for fact in cited if fact.confirmed))
        for number in sorted(numbers(paragraph.text) - known):
            yield ContentError(
                *_at(library, topic, part, index, "text"),
                f"the number {number} stands in none of the paragraph's confirmed facts",
                "cite the fact it comes from, or take it out",
            )
        regions = {fact.region for fact in cited}
        if (
            paragraph.region == "any"
            and regions in ({"uk"}, {"us"})
            and part != "simple"
            and not _names_place(paragraph.text)
        ):
            yield ContentError(
                *_at(library, topic, part, index),
                f"rests on {regions.pop().upper()} facts only and does not say so",
                "set 'region:', or name the place in the text",
            )


def _names_place(text: str) -> bool:
    return bool(re.search(r"\b(UK|US|NHS|NICE|British|American|America|England|Wales|Scotland|FDA|Britain)\b", text))


def _lengths(topic: str, card: Card, library: Library) -> Iterator[ContentError]:
    for part, (least, most) in (("short", SHORT_WORDS), ("more", MORE_WORDS), ("simple", SIMPLE_WORDS)):
        count = sum(len(paragraph.text.split()) for paragraph in getattr(card, part))
        if not least <= count <= most:
            yield ContentError(*_at(library, topic, part), f"'{part}' has {count} words", f"bring it to {least}-{most}")
    if len(card.title) > TITLE_LETTERS or not card.title.endswith("?"):
        yield ContentError(
            *_at(library, topic, "title"),
            "the title is not a short question",
            f"ask it in at most {TITLE_LETTERS} letters, with a '?'",
        )


def _steer(topic: str, card: Card, library: Library) -> Iterator[ContentError]:
    if not _PROVIDER.search(card.steer):
        yield ContentError(
            *_at(library, topic, "steer"),
            "the steer names nobody to see",
            "name a doctor, nurse, pharmacist or another provider",
        )


def _related(topic: str, card: Card, library: Library) -> Iterator[ContentError]:
    for index, other in enumerate(card.related):
        if other == topic or other not in library.cards or other in card.related[:index]:
            yield ContentError(
                *_at(library, topic, "related", index),
                f"'{other}' is no other card",
                "name another topic that has a card, once",
            )


def _never_said(limits: list[Limit], topic: str, card: Card, library: Library) -> Iterator[ContentError]:
    own = [
        Limit(id=fact.id, why=fact.fact, wordings=list(map(str, fact.wordings)))
        for fact in library.facts.values()
        if fact.kind == "do_not_say" and fact.wordings
    ]
    texts = [((part, index, "text"), paragraph.text) for part, index, paragraph in _parts(card)]
    for key, text in [(("title",), card.title), (("steer",), card.steer), *texts]:
        for limit in [*limits, *own]:
            wording = found(text, limit.wordings)
            if wording:
                yield ContentError(
                    *_at(library, topic, *key),
                    f"says '{wording}', which {limit.id} rules out ({limit.why.rstrip('.')})",
                    "say it differently",
                )


def _reading_grade(plain_words: list[str], topic: str, card: Card, library: Library) -> Iterator[ContentError]:
    texts = {
        part: " ".join(paragraph.text for paragraph in getattr(card, part)) for part in ("short", "more", "simple")
    }
    for part, text in (texts | {"steer": card.steer}).items():
        grade = reading_grade(text, plain_words)
        if grade > HIGHEST_GRADE:
            yield ContentError(
                *_at(library, topic, part),
                f"'{part}' reads at grade {grade:.1f}",
                f"shorten sentences and words until it is at most {HIGHEST_GRADE:g}",
            )


def _dates(today: datetime.date, topic: str, card: Card, library: Library) -> Iterator[ContentError]:
    if card.review_due <= today:
        yield ContentError(
            *_at(library, topic, "review_due"),
            f"the review was due on {card.review_due}",
            "check the card against its sources and set new dates",
        )
    if card.last_checked > today:
        yield ContentError(
            *_at(library, topic, "last_checked"), "the card was checked in the future", "correct the date"
        )
    if card.review_due - card.last_checked > LONGEST_REVIEW:
        yield ContentError(
            *_at(library, topic, "review_due"), "the review is more than two years away", "set an earlier date"
        )


def read_limits(path: Path) -> list[Limit]:
    """Read what no text may say. Raises ContentError for a broken file."""
    document = yaml_lines.load(path)
    try:
        return [Limit.parse_obj(value) for value in document.data or []]
    except ValidationError as error:
        raise ContentError(
            path, 1, str(error.errors()[0]["msg"]), "give each limit an id, a why and wordings"
        ) from None


def _limits(path: Path, problems: list[ContentError]) -> list[Limit]:
    try:
        return read_limits(path)
    except ContentError as error:
        problems.append(error)
        return []


def _reading_exceptions(path: Path, problems: list[ContentError]) -> list[str]:
    try:
        return [str(name) for name in yaml_lines.load(path).data or []]
    except ContentError as error:
        problems.append(error)
        return []


def main(topics: list[str]) -> int:
    """Print the problems of the given cards, or of all; return 1 if there are any."""
    problems = check(topics=topics or None)
    for problem in problems:
        print(problem)
    print(f"{len(problems)} problems" if problems else "the guidance is clean")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
