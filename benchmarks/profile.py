"""Where the time of a turn goes, without HTTP: ``make profile`` prints the table of docs/performance.md."""

import asyncio
import inspect
import time
from collections import defaultdict
from collections.abc import Callable
from statistics import median
from typing import Any

from assistant import logs, models
from assistant.channels import turn
from assistant.nlu.minilm import Encoder
from assistant.server import leave_cores_alone, load_agent
from assistant.storage.conversations import ConversationStore

QUESTIONS, WARMING = 400, 50
# Each run's conversations are its own.
START = int(time.time())
# What a turn is made of: the place in the code, and the words for it. A graph's nodes are told apart by their component.
PARTS = {
    "encode": "the encoder",
    "TopicClassifier": "the classifier without the encoder: two linear models, the nearest known questions, the red-flag rules",
    "NgramFeaturizer": "n-grams",
    "UrgencyClassifier": "the urgency model",
    "MessageReader": "questions of a message",
    "EnglishTokenizer": "normalising, words",
    "EntityExtractor": "names of medicines, groups, forms",
    "RulePolicy": "RulePolicy, twice",
    "action": "the action, its result checked",
    "retrieve": "reading the conversation",
    "save": "storing the turn",
}


def main() -> None:
    """Ask as the load of ``benchmarks.speed`` does, ten questions a conversation, and print the median of each part and the rest."""
    logs.configure()
    print(table(*asyncio.run(measured())))


async def measured() -> tuple[list[float], dict[str, list[float]]]:
    """Return the milliseconds of each turn, and those of each part in each turn."""
    from rasa.core.actions.action import RemoteAction
    from rasa.engine.graph import GraphNode

    from benchmarks.figures import TURNS
    from benchmarks.speed import varied_questions

    agent = await load_agent(models.find(), stored=True)
    leave_cores_alone()
    spent: dict[str, float] = defaultdict(float)
    _time(GraphNode, "__call__", spent, lambda node: node._component_class.__name__)
    _time(RemoteAction, "run", spent, lambda _: "action")
    _time(Encoder, "encode", spent, lambda _: "encode")
    _time(ConversationStore, "retrieve", spent, lambda _: "retrieve")
    _time(ConversationStore, "save", spent, lambda _: "save")
    turns: list[float] = []
    parts: dict[str, list[float]] = {name: [] for name in PARTS}
    for number, question in enumerate(varied_questions()[: WARMING + QUESTIONS]):
        spent.clear()
        start = time.perf_counter()
        await turn.take_turn(agent.handle_message, question, f"profile-{START}-{number // TURNS}", "rest")
        if number < WARMING:
            continue
        turns.append((time.perf_counter() - start) * 1000)
        # The classifier has some texts encoded itself.
        spent["TopicClassifier"] -= max(spent["encode"] - spent["SentenceEncoder"], 0.0)
        for name in PARTS:
            parts[name].append(spent[name] * 1000)
    return turns, parts


def _time(owner: Any, name: str, spent: dict[str, float], label: Callable[[Any], str]) -> None:
    """Make a function add the seconds that it takes to ``spent``."""
    real = getattr(owner, name)

    async def timed_coroutine(first: Any, *args: Any, **kwargs: Any) -> Any:
        start = time.perf_counter()
        try:
            return await real(first, *args, **kwargs)
        finally:
            spent[label(first)] += time.perf_counter() - start

    def timed(first: Any, *args: Any, **kwargs: Any) -> Any:
        start = time.perf_counter()
        try:
            return real(first, *args, **kwargs)
        finally:
            spent[label(first)] += time.perf_counter() - start

    setattr(owner, name, timed_coroutine if inspect.iscoroutinefunction(real) else timed)


def table(turns: list[float], parts: dict[str, list[float]]) -> str:
    """Return the medians as a Markdown table, the largest part first."""
    whole = median(turns)
    rows = sorted(((PARTS[name], median(times)) for name, times in parts.items()), key=lambda row: -row[1])
    rows.append(
        ("everything else: Rasa's processor, trackers, the store, reply and metrics", whole - sum(ms for _, ms in rows))
    )
    rows.append(("**a turn**", whole))
    lines = ["| part | median, ms | share |", "| --- | --- | --- |"]
    return "\n".join([*lines, *(f"| {words} | {ms:.2f} | {ms / whole:.0%} |" for words, ms in rows)])


if __name__ == "__main__":
    main()
