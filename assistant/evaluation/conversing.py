"""How well several questions in one message, and questions that lean on what came before, are understood.

The messages stand in ``tests/understanding``. A follow-up is asked in its conversation, through Rasa's agent as the server does.
"""

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rasa.core.agent import Agent

from assistant import paths, yaml_lines
from assistant import reply as replies
from assistant.channels.turn import take_turn
from assistant.evaluation.score import Share

FOLDER = paths.ROOT / "tests" / "understanding"
# A greeting or a thank-you beside a question isn't a question of its own.
COURTESIES = frozenset({"greet", "goodbye", "thanks", "affirm", "deny"})
# What a reply without a topic understood.
INTENTS = {"emergency": "emergency", "crisis": "self_harm", "out_of_scope": "out_of_scope"}
# Questions about the assistant; a card's answer may stand beside theirs.
TOLD = ("bot_challenge", "capabilities", "sources", "privacy", "find_provider")
Accepted = frozenset[str]


@dataclass(frozen=True)
class Exchange:
    """What was said, turn by turn, and which topics are accepted for the last turn: one set for each of its questions."""

    kind: str
    turns: tuple[str, ...]
    accepted: tuple[Accepted, ...]


@dataclass(frozen=True)
class Heard:
    """What became of an exchange's last turn: its reply's kind, the topics answered and those offered.

    A question about the assistant that is answered beside a card, and the card that is explained again, count as answered; so does
    an emergency that is seen, and what is out of scope and declined.
    """

    exchange: Exchange
    reply: str
    topics: tuple[str, ...]
    offered: tuple[str, ...]

    @property
    def all_found(self) -> bool:
        """Every question's topic was answered."""
        return all(accepted & set(self.topics) for accepted in self.exchange.accepted)

    @property
    def torn_apart(self) -> bool:
        """One question was answered with several topics."""
        return len(self.topics) > 1


@dataclass(frozen=True)
class ConversingScore:
    """Shares: compound messages of which every topic was found; single ones torn apart; the right topic after what came before
    (leaning on it, and fresh); and the same counting a right offer as right."""

    compound: Share
    torn_apart: Share
    leaning: Share
    fresh: Share
    leaning_or_offered: Share


def read(folder: Path = FOLDER, *, unseen: bool = False) -> list[Exchange]:
    """Read three files: the project's own, or those by somebody who knew neither the training questions nor the rules."""
    exchanges = []
    mark = "unseen_" if unseen else ""
    for item in yaml_lines.load(folder / f"{mark}compound.yml").data:
        accepted = tuple(topics for topics in map(_accepted, item["topics"]) if not topics <= COURTESIES)
        exchanges.append(Exchange("compound" if len(accepted) > 1 else "single", (item["text"],), accepted))
    for item in yaml_lines.load(folder / f"{mark}single.yml").data:
        exchanges.append(Exchange("single", (item["text"],), (_accepted(item["topic"]),)))
    for item in yaml_lines.load(folder / f"{mark}follow_ups.yml").data:
        exchanges.append(Exchange(item["kind"], tuple(item["turns"]), (_accepted(item["topics"][-1]),)))
    return exchanges


def _accepted(topics: str | list[str]) -> Accepted:
    return frozenset([topics] if isinstance(topics, str) else topics)


def hear(agent: Agent, exchanges: list[Exchange]) -> list[Heard]:
    """Say each exchange to the agent and return what became of its last turn."""

    async def every() -> list[Heard]:
        return [await _hear(agent, exchange) for exchange in exchanges]

    return asyncio.run(every())


async def _hear(agent: Agent, exchange: Exchange) -> Heard:
    sender = os.urandom(8).hex()
    message: dict[str, Any] = {}
    for turn in exchange.turns:
        message = await take_turn(agent.handle_message, turn, sender, "evaluation")
    envelope = message["custom"]
    offered = envelope["options"] if envelope["kind"] == "clarify" else []
    explained = [answer["topic"] for answer in envelope["answers"]]
    topics = dict.fromkeys([*_told(message["text"]), *envelope["topics"], *explained])
    if envelope["kind"] in INTENTS:
        topics[INTENTS[envelope["kind"]]] = None
    return Heard(exchange, envelope["kind"], tuple(topics), tuple(offered))


def _told(text: str) -> list[str]:
    """Return the questions about the assistant that a reply answers."""
    said = replies.texts()
    return [name for name in TOLD if said.fill(said.fixed.replies[name].text) in text]


def score(heard: list[Heard]) -> ConversingScore:
    """Count."""

    def share(kind: str, hit: Any) -> Share:
        hits = [bool(hit(one)) for one in heard if one.exchange.kind == kind]
        return Share(sum(hits), len(hits))

    return ConversingScore(
        compound=share("compound", lambda one: one.all_found),
        torn_apart=share("single", lambda one: one.torn_apart),
        leaning=share("leaning", lambda one: one.all_found),
        fresh=share("fresh", lambda one: one.all_found),
        leaning_or_offered=share(
            "leaning", lambda one: one.all_found or bool(one.exchange.accepted[0] & set(one.offered))
        ),
    )
