"""Compares pipelines on the held-out questions: ``.venv/bin/python -m benchmarks.understanding [pipeline ...]``.

Each is trained on the same questions by Rasa itself. What counts is the first intent of the ranking, without thresholds: how
well a pipeline refuses depends on thresholds of its own, and is measured for the assistant by ``b12 evaluate``.
"""

import asyncio
import sys
import tempfile
import time
from pathlib import Path

from assistant import logs, paths, quiet

quiet.settle()

from rasa.core.agent import Agent  # noqa: E402
from rasa.model_training import train_nlu  # noqa: E402

from assistant.evaluation import held_out  # noqa: E402
from assistant.evaluation.score import Share  # noqa: E402

PIPELINES = {path.stem: path for path in sorted((paths.ROOT / "benchmarks" / "pipelines").glob("*.yml"))} | {
    "ours": paths.ROOT / "config.yml"
}


async def first_intents(model: str, questions: list[held_out.HeldOut]) -> tuple[list[str], float]:
    """Return the first intent for each question, and the median milliseconds to understand one."""
    agent = Agent.load(model)
    found, times = [], []
    for question in questions:
        start = time.perf_counter()
        parsed = await agent.parse_message(question.text)
        times.append((time.perf_counter() - start) * 1000)
        ranking = parsed.get("intent_ranking") or [parsed["intent"]]
        found.append(ranking[0]["name"])
    return found, sorted(times)[len(times) // 2]


def main(names: list[str]) -> None:
    """Train and measure the named pipelines, or all; print a row for each."""
    logs.configure()
    questions = held_out.read()
    print("| pipeline | right first | trained in | a question, median |\n| --- | --- | --- | --- |")
    for name in names or list(PIPELINES):
        with tempfile.TemporaryDirectory() as folder:
            start = time.perf_counter()
            model = train_nlu(
                str(PIPELINES[name]),
                str(paths.NLU),
                folder,
                fixed_model_name=name,
                domain=str(paths.ROOT / "domain.yml"),
            )
            seconds = time.perf_counter() - start
            found, median = asyncio.run(first_intents(str(model or Path(folder) / f"{name}.tar.gz"), questions))
        right = sum(intent in question.accepted for intent, question in zip(found, questions, strict=True))
        print(f"| {name} | {Share(right, len(questions))} | {seconds:.0f} s | {median:.1f} ms |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
