"""``b12 evaluate``: the trained model against the held-out questions, and cross-validation on the training questions."""

import asyncio
import json
from collections import Counter, defaultdict
from dataclasses import fields
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from assistant import logs, models, paths, quiet
from assistant.evaluation import held_out
from assistant.evaluation.score import Outcomes, Score, score

RESULT = paths.ROOT / "build" / "evaluation.json"
CHART = paths.DOCS / "confusion.svg"
TITLES = {
    "right": "right",
    "right_or_offered": "right or offered",
    "wrong_among_answered": "wrong among answered",
    "out_of_scope_declined": "out of scope, declined",
}


def understand(model: Path, questions: list[held_out.HeldOut]) -> list[Outcomes]:
    """Return what a trained model makes of each question, through Rasa as the server does."""
    quiet.settle()
    logs.configure()
    from rasa.core.agent import Agent

    agent = Agent.load(str(model))

    async def every() -> list[Outcomes]:
        parsed = [await agent.parse_message(question.text) for question in questions]
        return [
            Outcomes(question, found["intent"]["name"], tuple(found["offered"]))
            for question, found in zip(questions, parsed, strict=True)
        ]

    return asyncio.run(every())


def evaluate(console: Console, *, folds: int = 5) -> dict[str, Any]:
    """Measure, print, and store the result as JSON and as a chart; return what was stored."""
    outcomes = understand(models.find(), held_out.read())
    found = score(outcomes)
    _print_score(console, "Held-out questions", found)
    by_topic = _by_topic(outcomes)
    _print_topics(console, by_topic)
    _print_kinds(console, outcomes)
    result: dict[str, Any] = {
        "model": models.find().name,
        "score": _as_dict(found),
        "by_topic": by_topic,
        "mistakes": _mistakes(outcomes),
    }
    if folds:
        from assistant.evaluation.cross_validation import cross_validate

        console.print(f"Cross-validation in {folds} grouped folds (about two minutes) ...")
        shares = cross_validate(folds)
        result["cross_validation"] = {name: share.as_dict() for name, share in shares.items()}
        for name, share in shares.items():
            console.print(f"  {name:28} {share}", highlight=False)
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=1), encoding="utf-8")
    from assistant.evaluation.chart import draw_confusions

    draw_confusions(outcomes, CHART)
    console.print(f"Stored: {paths.shown(RESULT)}, {paths.shown(CHART)}")
    return result


def _as_dict(found: Score) -> dict[str, Any]:
    return {field.name: getattr(found, field.name).as_dict() for field in fields(found)}


def _print_score(console: Console, title: str, found: Score) -> None:
    console.print(f"[bold]{title}[/]")
    for name, words in TITLES.items():
        console.print(f"  {words:28} {getattr(found, name)}", highlight=False)


def _by_topic(outcomes: list[Outcomes]) -> dict[str, dict[str, int]]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for one in outcomes:
        counts[one.question.intent][one.outcome] += 1
    return {topic: dict(count) for topic, count in sorted(counts.items())}


def _print_topics(console: Console, by_topic: dict[str, dict[str, int]]) -> None:
    table = Table("topic", "right", "offered", "wrong", "declined", title="By topic", title_justify="left")
    for topic, count in by_topic.items():
        wrong = count.get("wrong", 0) + count.get("offered_wrongly", 0)
        table.add_row(
            topic,
            *(
                str(value) if value else ""
                for value in (count.get("right", 0), count.get("offered", 0), wrong, count.get("declined", 0))
            ),
        )
    console.print(table)


def _print_kinds(console: Console, outcomes: list[Outcomes]) -> None:
    table = Table("out of scope", "declined", "offered", "answered", title="Out of scope by kind", title_justify="left")
    kinds: dict[str, Counter[str]] = defaultdict(Counter)
    for one in outcomes:
        if one.question.intent == "out_of_scope":
            kinds[one.question.kind][one.outcome] += 1
    for kind, count in sorted(kinds.items()):
        table.add_row(
            kind,
            str(count["right"] + count["declined"]),
            str(count["offered"] + count["offered_wrongly"]),
            str(count["wrong"]),
        )
    console.print(table)


def _mistakes(outcomes: list[Outcomes]) -> list[dict[str, Any]]:
    return [
        {
            "text": one.question.text,
            "expected": one.question.intent,
            "found": one.intent,
            "offered": list(one.offered),
            "outcome": one.outcome,
        }
        for one in outcomes
        if one.outcome != "right"
    ]
