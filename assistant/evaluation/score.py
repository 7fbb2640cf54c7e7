"""What became of each question: right, offered, wrong or declined, with 95 % intervals."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from math import sqrt
from typing import Any, Literal

from assistant.evaluation.held_out import HeldOut
from assistant.nlu.decision import ASK_BACK
from assistant.nlu.topic_model import OUT_OF_SCOPE

Outcome = Literal["right", "offered", "offered_wrongly", "wrong", "declined"]


@dataclass(frozen=True)
class Outcomes:
    """One question, what was understood (``red_flag``: the urgency that the rules found), and what that comes to."""

    question: HeldOut
    intent: str
    offered: tuple[str, ...]
    red_flag: str = ""

    @property
    def outcome(self) -> Outcome:
        """Right is right whatever the kind; declining what is out of scope is right as well."""
        if self.intent in self.question.accepted:
            return "right"
        if self.intent == ASK_BACK:
            return "offered" if set(self.offered) & self.question.accepted else "offered_wrongly"
        return "declined" if self.intent == OUT_OF_SCOPE else "wrong"


@dataclass(frozen=True)
class Share:
    """A share of ``total``, with its Wilson 95 % interval (Wilson 1927)."""

    count: int
    total: int

    @property
    def value(self) -> float:
        """The share itself, 0 to 1; 0 of nothing is 0."""
        return self.count / self.total if self.total else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval, 0 to 1."""
        if not self.total:
            return 0.0, 1.0
        z, n, p = 1.96, self.total, self.value
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        return max(0.0, middle - half), min(1.0, middle + half)

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.value:6.1%}  ({low:.1%} to {high:.1%}; {self.count} of {self.total})"

    def as_dict(self) -> dict[str, Any]:
        """Return the share as JSON holds it."""
        return {**asdict(self), "value": round(self.value, 4), "interval": [round(bound, 4) for bound in self.interval]}


@dataclass(frozen=True)
class Score:
    """The four figures that matter. In scope: right, right or offered. Of all answers given: wrong. Out of scope: declined."""

    right: Share
    right_or_offered: Share
    wrong_among_answered: Share
    out_of_scope_declined: Share


def score(outcomes: Iterable[Outcomes]) -> Score:
    """Count the outcomes."""
    every = list(outcomes)
    inside = [one for one in every if one.question.intent != OUT_OF_SCOPE]
    outside = [one for one in every if one.question.intent == OUT_OF_SCOPE]
    answered = [one for one in every if one.intent not in (ASK_BACK, OUT_OF_SCOPE)]
    return Score(
        right=Share(sum(one.outcome == "right" for one in inside), len(inside)),
        right_or_offered=Share(sum(one.outcome in ("right", "offered") for one in inside), len(inside)),
        wrong_among_answered=Share(sum(one.outcome == "wrong" for one in answered), len(answered)),
        out_of_scope_declined=Share(sum(one.outcome in ("right", "declined") for one in outside), len(outside)),
    )
