"""The real server with a process that understands messages beside it."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.conftest import free_port, start_server
from tests.services import lives, until

QUESTIONS = [
    "does it hurt", "how often are injections given", "can i take tablets instead", "is it safe in pregnancy", "is b12 in fish",
    "what foods have b12", "i cant breathe after my jab", "who wins the cup", "side effects", "metformin and b12",
]  # fmt: skip


class Server:
    """A server, the processes beside it, and people who ask it at once."""

    def __init__(self, process: subprocess.Popen, port: int, log: Path) -> None:
        self.process, self.url, self.log = process, f"http://127.0.0.1:{port}", log

    def workers(self) -> list[int]:
        return [
            int(pid) for pid in Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        ]

    def ask(self, number: int) -> tuple[str, dict]:
        text = f"{QUESTIONS[number % len(QUESTIONS)]} {'?' * (number % 7)}".strip()
        answer = httpx.post(
            f"{self.url}/webhooks/rest/webhook", json={"sender": f"p{number}", "message": text}, timeout=30
        )
        (message,) = answer.json()
        assert message["custom"]["steer"] in message["text"]
        return text.rstrip("? "), message["custom"]

    def ask_at_once(self, count: int) -> list[tuple[str, dict]]:
        with ThreadPoolExecutor(8) as people:
            return list(people.map(self.ask, range(count)))

    def figure(self, name: str) -> float:
        lines = httpx.get(f"{self.url}/metrics", timeout=10).text.splitlines()
        return next(float(line.split()[-1]) for line in lines if line.startswith(f"{name} "))


@pytest.fixture
def served(model: Path, tmp_path: Path) -> Iterator[Server]:
    port, log = free_port(), tmp_path / "log.txt"
    process = start_server(port, log, "--nlu-workers", "1")
    yield Server(process, port, log)
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    process.wait(30)


def test_messages_at_once_get_the_answers_that_each_gets_alone(served: Server) -> None:
    assert len(served.workers()) == served.figure("b12_nlu_workers") == 1
    alone = {text: custom for text, custom in map(served.ask, range(len(QUESTIONS)))}
    (worker,) = served.workers()
    ticks = Path(f"/proc/{worker}/stat").read_text().split()[13]
    for text, custom in served.ask_at_once(70):
        assert (custom["kind"], custom["topics"]) == (alone[text]["kind"], alone[text]["topics"]), text
    assert Path(f"/proc/{worker}/stat").read_text().split()[13] > ticks  # it took part


def test_a_worker_that_is_killed_costs_nobody_an_answer_and_is_replaced(served: Server) -> None:
    (worker,) = served.workers()
    with ThreadPoolExecutor(1) as beside:
        asking = beside.submit(served.ask_at_once, 70)
        os.kill(worker, signal.SIGKILL)
        kinds = [custom["kind"] for _, custom in asking.result()]
    assert len(kinds) == 70
    assert "failed" not in kinds
    until(lambda: served.figure("b12_nlu_workers") == 1)
    assert served.workers() not in ([], [worker])
    assert "was lost" in served.log.read_text()
    assert httpx.get(f"{served.url}/health", timeout=10).json()["failures"] == 0


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_no_worker_outlives_its_server(served: Server, how: int) -> None:
    (worker,) = served.workers()
    served.ask_at_once(10)
    served.process.send_signal(how)
    served.process.wait(30)
    until(lambda: not lives(worker))
    assert "was lost" not in served.log.read_text()


def test_several_workers_of_both_kinds_are_refused(model: Path, tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    with pytest.raises(AssertionError):
        start_server(free_port(), log, "--workers", "2", "--nlu-workers", "1", REDIS_URL="redis://127.0.0.1:1/0")
    assert "--nlu-workers helps one process that answers" in log.read_text()
