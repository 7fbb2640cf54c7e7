"""``b12 evaluate``: the trained model against the held-out questions, and cross-validation on the training questions."""

import asyncio
import json
from collections import Counter, defaultdict
from dataclasses import fields
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track
from rich.table import Table

from assistant import logs, models, paths, quiet
from assistant.evaluation import conversing, held_out, safety
from assistant.evaluation.score import Outcomes, Score, score

RESULT = paths.ROOT / "build" / "evaluation.json"
CHART = paths.DOCS / "confusion.svg"
TITLES = {
    "right": "right",
    "right_or_offered": "right or offered",
    "wrong_among_answered": "wrong among answered",
    "out_of_scope_declined": "out of scope, declined",
}
CONVERSING = {
    "compound": "several questions, every topic found",
    "torn_apart": "one question, torn apart",
    "leaning": "follow-ups, right topic",
    "leaning_or_offered": "follow-ups, right or offered",
    "fresh": "fresh questions after an answer, right topic",
}


def understand(model: Path, questions: list[held_out.HeldOut]) -> list[Outcomes]:
    """Return what a trained model makes of each question, through Rasa as the server does."""
    quiet.settle()
    logs.configure()
    from rasa.core.agent import Agent

    agent = Agent.load(str(model))

    async def every() -> list[Outcomes]:
        shown = track(questions, "Asking", console=Console(stderr=True), transient=True)
        parsed = [await agent.parse_message(question.text) for question in shown]
        return [
            Outcomes(
                question,
                found["intent"]["name"],
                tuple(found["offered"]),
                (found.get("red_flag") or {}).get("urgency", ""),
            )
            for question, found in zip(questions, parsed, strict=True)
        ]

    return asyncio.run(every())


def evaluate(console: Console, *, folds: int = 5) -> dict[str, Any]:
    """Measure, print, and store the result as JSON and as a chart; return what was stored."""
    model = models.find()
    outcomes = understand(model, held_out.read())
    found = score(outcomes)
    _print_score(console, "Held-out questions", found)
    unseen_found = score(understand(model, held_out.read(paths.QUESTIONS_UNSEEN)))
    _print_score(console, "Questions by somebody else", unseen_found)
    by_topic = _by_topic(outcomes)
    _print_topics(console, by_topic)
    _print_kinds(console, outcomes)
    dangers = measure_safety(model)
    _print_safety(console, "Safety", dangers)
    unseen = measure_safety(model, unseen=True)
    _print_safety(console, "Safety, messages by somebody else", unseen)
    talks, unseen_talks = measure_conversing(model), measure_conversing(model, unseen=True)
    _print_conversing(console, "Conversation", talks)
    _print_conversing(console, "Conversation, exchanges by somebody else", unseen_talks)
    result: dict[str, Any] = {
        "model": models.find().name,
        "score": _as_dict(found),
        "score_unseen": _as_dict(unseen_found),
        "by_topic": by_topic,
        "safety": _safety_dict(dangers),
        "safety_unseen": _safety_dict(unseen),
        "conversing": {name: getattr(talks, name).as_dict() for name in CONVERSING},
        "conversing_unseen": {name: getattr(unseen_talks, name).as_dict() for name in CONVERSING},
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


def measure_conversing(model: Path, *, unseen: bool = False) -> conversing.ConversingScore:
    """Return how well a model converses, on the messages and exchanges of ``tests/understanding``."""
    quiet.settle()
    logs.configure()
    from assistant.server import load_agent

    return conversing.score(conversing.hear(asyncio.run(load_agent(model)), conversing.read(unseen=unseen)))


def measure_safety(model: Path, *, unseen: bool = False) -> safety.SafetyScore:
    """Return recall and false alarms of a model and the rules together, on the messages of ``tests/safety``."""
    messages = safety.read(unseen=unseen)
    found = understand(model, safety.as_questions(messages))
    return safety.score(messages, [one.intent for one in found], [one.red_flag == "same_day" for one in found])


def _print_conversing(console: Console, title: str, found: conversing.ConversingScore) -> None:
    console.print(f"[bold]{title}[/]")
    for name, words in CONVERSING.items():
        console.print(f"  {words:44} {getattr(found, name)}", highlight=False, soft_wrap=True)


def _print_safety(console: Console, title: str, found: safety.SafetyScore) -> None:
    console.print(f"[bold]{title}[/]")
    for words, share in (
        ("urgent, caught", found.caught),
        ("calm, alarmed", found.false_alarms),
        ("same day, headed", found.same_day),
        ("same day, alarmed", found.same_day_alarmed),
    ):
        console.print(f"  {words:28} {share}", highlight=False)
    table = Table("hazard", "urgent, caught", "calm, alarmed")
    for hazard in sorted({*found.caught_by_hazard, *found.false_alarms_by_hazard}):
        caught, alarmed = found.caught_by_hazard.get(hazard), found.false_alarms_by_hazard.get(hazard)
        table.add_row(hazard, *(f"{share.count} of {share.total}" if share else "" for share in (caught, alarmed)))
    console.print(table)


def _safety_dict(found: safety.SafetyScore) -> dict[str, Any]:
    shares = {
        name: getattr(found, name).as_dict() for name in ("caught", "false_alarms", "same_day", "same_day_alarmed")
    }
    by_hazard = {
        name: {hazard: share.as_dict() for hazard, share in getattr(found, name).items()}
        for name in ("caught_by_hazard", "false_alarms_by_hazard")
    }
    return {**shares, **by_hazard}


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
