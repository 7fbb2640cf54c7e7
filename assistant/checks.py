"""``b12 check``: everything about the content that can be checked without a model."""

import datetime
from collections.abc import Iterator
from pathlib import Path

from assistant import paths, settings, topics, yaml_lines
from assistant.errors import ContentError
from assistant.guidance import check as guidance_check
from assistant.guidance import entities_check, groups, reviews
from assistant.guidance import library as guidance
from assistant.guidance.wordings import found
from assistant.nlu import questions_check
from assistant.nlu.questions import read_questions
from assistant.reply import FixedReply, FixedTexts, Texts, load_texts

# Intents of data/nlu that have no fixed reply of their own name.
_REPLIED_ELSEWHERE = {"out_of_scope"}
# Fixed replies that are no intents.
_NO_INTENT = {
    "ask_back",
    "none_of_these",
    "failed",
    "safe_now",
    "safe_again",
    "stuck",
    "unknown_medicine",
    "at_the_desk",
    "not_reviewed",
    "nothing_more",
    "no_further",
    "when_urgent",
    "signed_none",
    "signed_some",
    "signed_all",
}


def check(root: Path = paths.ROOT, *, today: datetime.date | None = None) -> list[ContentError]:
    """Return all problems of the content below ``root``, by file and line."""
    data = root / "data"
    problems = guidance_check.check(data / "guidance", today=today)
    if problems:  # what follows reads the guidance
        return problems
    problems += reviews.check(guidance.load(data / "guidance"), data / "guidance", today=today)
    if problems:
        return problems
    try:
        said = load_texts(data, settings.load(root / "clinic.yml"))
    except ContentError as error:
        return [error]
    problems += topics.check(root)
    problems += groups.check(list(said.library.cards), data / "topics.yml")
    problems += _replies(said, data)
    cards: dict[str, str] = {topic: card.title for topic, card in said.library.cards.items()}
    intents = [*cards, *(name for name in said.fixed.replies if name not in _NO_INTENT), *_REPLIED_ELSEWHERE]
    held_out = (root / "tests" / "questions", root / "tests" / "questions_unseen", root / "tests" / "safety")
    problems += questions_check.check(intents, cards, data / "nlu", held_out)
    problems += entities_check.check(data / "entities", said.library, data / "guidance")
    problems += _golden(data / "golden.yml", intents)
    return problems


def summary(root: Path = paths.ROOT) -> str:
    """Say in one line what was checked."""
    library = guidance.load(root / "data" / "guidance")
    return (
        f"{len(library.cards)} cards, {len(library.facts)} facts, {len(library.sources)} sources and "
        f"{len(read_questions(root / 'data' / 'nlu'))} training questions are in order"
    )


def _replies(said: Texts, data: Path) -> Iterator[ContentError]:
    document = yaml_lines.load(data / "replies.yml")
    limits = guidance_check.read_limits(data / "guidance" / "never_say.yml")
    for section, name, reply in _fixed(said.fixed):
        where = (section, name)
        for index, topic in enumerate(reply.options):
            if topic not in said.library.cards:
                yield ContentError(
                    document.path,
                    document.line(*where, "options", index),
                    f"'{topic}' has no card",
                    "name a topic that has one",
                )
        for index, fact in enumerate(reply.facts):
            if fact not in said.library.facts or not said.library.facts[fact].sources:
                yield ContentError(
                    document.path, document.line(*where, "facts", index), f"unknown fact '{fact}'", "correct the id"
                )
        for limit in limits:
            wording = found(reply.text, limit.wordings)
            if wording:
                yield ContentError(
                    document.path,
                    document.line(*where, "text"),
                    f"says '{wording}', which {limit.id} rules out",
                    "say it differently",
                )
    for name, hazard in said.hazards.items():
        path = data / "safety" / f"{name}.yml"
        for fact in hazard.facts:
            if fact not in said.library.facts:
                yield ContentError(path, 1, f"unknown fact '{fact}'", "correct the id")
        if hazard.urgency == "same_day" and (not hazard.because or hazard.topic not in said.library.cards):
            yield ContentError(path, 1, "a same-day hazard needs 'because' and the 'topic' of a card", "add them")
    for purpose, contacts in said.contacts.items():
        for contact in contacts:
            if contact.fact not in said.library.facts:
                yield ContentError(
                    data / "contacts.yml",
                    1,
                    f"{purpose}: '{contact.label}' names an unknown fact '{contact.fact}'",
                    "correct the id",
                )


def _fixed(fixed: FixedTexts) -> Iterator[tuple[str, str, FixedReply]]:
    for name, reply in fixed.replies.items():
        yield "replies", name, reply
    for name, reply in fixed.out_of_scope.items():
        yield "out_of_scope", name, reply


def _golden(path: Path, intents: list[str]) -> Iterator[ContentError]:
    document = yaml_lines.load(path)
    for index, question in enumerate(document.data):
        if question.get("intent") not in intents:
            yield ContentError(
                path,
                document.line(index),
                f"unknown intent '{question.get('intent')}'",
                "name a topic or a conversation intent",
            )
