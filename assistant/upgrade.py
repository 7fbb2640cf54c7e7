"""``b12 upgrade``: test the present data, with a model that fits them, against what is in use; take them, or say why not."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assistant import checks, models, paths
from assistant.errors import AssistantError
from assistant.evaluation import held_out, safety
from assistant.evaluation.score import Outcomes
from assistant.nlu.topic_model import OUT_OF_SCOPE

# How much smaller the share of questions that are answered rightly or offered may be: of 1,000 questions, ten.
MOST_LOST = 0.01
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Figures:
    """What became of each test message, by its topic or hazard and its text.

    Attributes:
        inside: the outcome (see ``score.Outcome``) of each question about B12.
        outside: that of each question about something else.
        urgent: whether each message of ``tests/safety`` that is urgent, or that needs help the same day, was seen to be so.
    """

    inside: dict[str, str]
    outside: dict[str, str]
    urgent: dict[str, bool]

    @property
    def right_or_offered(self) -> int:
        """How many questions about B12 were answered rightly, or offered."""
        return sum(outcome in ("right", "offered") for outcome in self.inside.values())

    @property
    def wrong(self) -> int:
        """How many questions got a wrong answer."""
        return sum(outcome == "wrong" for outcome in (*self.inside.values(), *self.outside.values()))

    def of(self, other: "Figures") -> "Figures":
        """Return these figures for the messages that the other ones have too."""
        return Figures(
            *({key: value for key, value in mine.items() if key in theirs} for mine, theirs in self._beside(other))
        )

    def _beside(self, other: "Figures") -> list[tuple[dict[str, Any], dict[str, Any]]]:
        return [(self.inside, other.inside), (self.outside, other.outside), (self.urgent, other.urgent)]


def worse(new: Figures, old: Figures) -> str | None:
    """Return in one line why the new version is worse than the one in use; None if it isn't.

    Only messages that both were tested on count, so that another question in the tests is no gain and no loss.
    """
    new, old = new.of(old), old.of(new)
    missed = sorted(text for text, caught in old.urgent.items() if caught and not new.urgent[text])
    if missed:
        return f"{len(missed)} urgent messages that were caught are missed, the first is '{missed[0]}'."
    if new.wrong > old.wrong:
        return f"It gives {new.wrong} wrong answers; the version in use gives {old.wrong}."
    most = MOST_LOST * len(old.inside)
    if new.right_or_offered < old.right_or_offered - most:
        return (
            f"It answers or offers {new.right_or_offered} of {len(old.inside)} questions rightly; the version in use "
            f"{old.right_or_offered}, and {most:.0f} fewer is the most that is taken."
        )
    return None


def run(training: Callable[[], Path], progress: Progress) -> tuple[Figures, Figures | None]:
    """Test the present data and mark them as the version in use; running servers then take them over.

    Args:
        training: trains a model if none fits the data, and returns its path.
        progress: is told how many messages are done, of how many.

    Returns:
        What the new version can do, and what the one before could, if that was tested.

    Raises:
        AssistantError: the data have mistakes, or are worse than those in use; then nothing has changed.
    """
    before = figures_in_use()
    problems = checks.check()
    if problems:
        raise AssistantError(f"{problems[0]} ({len(problems)} in all: b12 check). Nothing was changed.")
    model = training()
    try:
        figures = asyncio.run(_measured(model, progress))
        reason = worse(figures, before) if before else None
        if reason:
            raise AssistantError(reason)
    except AssistantError as error:
        models.refused().write_text(f"{error}\n", encoding="utf-8")
        raise AssistantError(f"Refused, and the version in use stays. {error}") from None
    models.refused().unlink(missing_ok=True)
    _mark(model, figures)
    return figures, before


def figures_in_use() -> Figures | None:
    """Return what the version in use could do when it was tested; None if none was tested here."""
    try:
        return Figures(**(models.current() or {})["figures"])
    except (KeyError, TypeError):
        return None


def _mark(model: Path, figures: Figures) -> None:
    written = {
        "version": models.version(),
        "model": model.name,
        "tested": datetime.now(UTC).isoformat(timespec="seconds"),
        "figures": asdict(figures),
    }
    unfinished = models.CURRENT.with_suffix(".unfinished")
    unfinished.write_text(json.dumps(written, ensure_ascii=False, indent=1), encoding="utf-8")
    unfinished.replace(models.CURRENT)


async def _measured(model: Path, progress: Progress) -> Figures:
    from assistant.server import load_agent

    agent = await load_agent(model)
    questions = [*held_out.read(), *held_out.read(paths.QUESTIONS_UNSEEN)]
    messages = [one for unseen in (False, True) for one in safety.read(unseen=unseen) if one.urgency != "calm"]
    total, done = len(questions) + len(messages), 0

    async def found(text: str) -> dict[str, Any]:
        nonlocal done
        parsed = await agent.parse_message(text)
        done += 1
        progress(done, total)
        return parsed

    figures = Figures({}, {}, {})
    for question in questions:
        parsed = await found(question.text)
        outcome = Outcomes(question, parsed["intent"]["name"], tuple(parsed.get("offered") or ())).outcome
        kind = figures.outside if question.intent == OUT_OF_SCOPE else figures.inside
        kind[f"{question.intent}: {question.text}"] = outcome
    for message in messages:
        parsed = await found(message.text)
        alarmed = parsed["intent"]["name"] in safety.URGENT
        marked = (parsed.get("red_flag") or {}).get("urgency") == "same_day"
        figures.urgent[f"{message.hazard}: {message.text}"] = alarmed or (marked and message.urgency == "same_day")
    return figures
