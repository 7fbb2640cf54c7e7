"""The load, for Locust: people who ask varied questions one after the other. ``benchmarks.speed`` starts it.

Environment: ``BENCH_QUESTIONS`` is a JSON file with a list of questions, each asked once; ``BENCH_TIMES`` is where the milliseconds
of each turn and the count of bad replies are written, unrounded (Locust's own report rounds).
"""

import itertools
import json
import os
import uuid
from pathlib import Path
from typing import Any

from locust import FastHttpUser, constant, events, task

from benchmarks.figures import TURNS, problem_with

questions = itertools.cycle(json.loads(Path(os.environ["BENCH_QUESTIONS"]).read_text(encoding="utf-8")))
times: list[float] = []
bad: list[str] = []


class Person(FastHttpUser):
    """Asks the next question as soon as the last is answered."""

    wait_time = constant(0)

    def on_start(self) -> None:
        """Begin the first conversation."""
        self.turn, self.sender = 0, ""

    @task
    def ask(self) -> None:
        """Ask one question; an empty or failed reply counts as bad."""
        if self.turn % TURNS == 0:
            self.sender = f"bench-{uuid.uuid4().hex}"
        self.turn += 1
        body = {"sender": self.sender, "message": next(questions)}
        with self.client.post("/webhooks/rest/webhook", json=body, catch_response=True) as answer:
            problem = problem_with(answer.status_code, answer.text or "")
            if problem:
                bad.append(problem)
                answer.failure(problem)


@events.request.add_listener
def _keep(response_time: float, **_: Any) -> None:
    times.append(response_time)


@events.quitting.add_listener
def _write(**_: Any) -> None:
    Path(os.environ["BENCH_TIMES"]).write_text(json.dumps({"times": times, "bad": bad}), encoding="utf-8")
