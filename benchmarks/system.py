"""A system under measurement: its processes, its memory, its answers."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from assistant import paths
from benchmarks.figures import problem_with

LONGEST_START = 300


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Running:
    """Started processes, and the seconds from their start to the first answer."""

    processes: list[subprocess.Popen]
    url: str
    seconds: float

    def resident(self) -> float:
        """Return the memory in MB that all its processes take, children included; what some of them share counts once."""
        tree = [psutil.Process(each.pid) for each in self.processes]
        every = {one.pid: one for root in tree for one in [root, *root.children(recursive=True)]}
        return sum(one.memory_full_info().pss for one in every.values()) / 1e6


@contextlib.contextmanager
def running(commands: list[tuple[list[str], Path]], port: int) -> Iterator[Running]:
    """Start the processes, wait for the first answer, and stop them in the end. Raises RuntimeError if there is none."""
    url = f"http://127.0.0.1:{port}"
    start = time.perf_counter()
    with tempfile.TemporaryFile() as log:
        processes = [
            subprocess.Popen(
                command, cwd=folder, stdout=log, stderr=log, env={**os.environ, "RASA_TELEMETRY_ENABLED": "false"}
            )
            for command, folder in commands
        ]
        try:
            yield Running(processes, url, _first_answer(url, processes, start, log))
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(20)
                process.kill()


def _first_answer(url: str, processes: list[subprocess.Popen], start: float, log: object) -> float:
    while time.perf_counter() - start < LONGEST_START and all(each.poll() is None for each in processes):
        with contextlib.suppress(httpx.HTTPError, json.JSONDecodeError):
            answer = httpx.post(
                f"{url}/webhooks/rest/webhook", json={"sender": "first", "message": "does it hurt"}, timeout=60
            )
            if not problem_with(answer.status_code, answer.text):
                return time.perf_counter() - start
        time.sleep(0.1)
    log.seek(0)  # type: ignore[attr-defined]
    raise RuntimeError(f"no answer from {url}:\n{log.read()[-3000:].decode(errors='replace')}")  # type: ignore[attr-defined]


def load(url: str, users: int, seconds: int, questions: list[str]) -> tuple[list[float], list[str]]:
    """Put a load on a system with Locust; return the milliseconds of each turn, and what was wrong with bad replies."""
    with tempfile.TemporaryDirectory() as folder:
        asked, times = Path(folder) / "questions.json", Path(folder) / "times.json"
        asked.write_text(json.dumps(questions), encoding="utf-8")
        options = [
            "--headless",
            "-u",
            str(users),
            "-r",
            str(users),
            "-t",
            f"{seconds}s",
            "--host",
            url,
            "--only-summary",
        ]
        subprocess.run(
            [sys.executable, "-m", "locust", "-f", str(paths.ROOT / "benchmarks" / "load.py"), *options],
            env={**os.environ, "BENCH_QUESTIONS": str(asked), "BENCH_TIMES": str(times)},
            cwd=folder,
            capture_output=True,
            check=False,  # it ends with 1 where there were bad replies; those are counted
        )
        found = json.loads(times.read_text(encoding="utf-8"))
    return found["times"], found["bad"]


def converse(url: str, questions: list[str]) -> list[float]:
    """Ask all questions in one conversation, one after the other; return the milliseconds of each turn."""
    times = []
    with httpx.Client(base_url=url, timeout=60) as client:
        for question in questions:
            start = time.perf_counter()
            client.post("/webhooks/rest/webhook", json={"sender": "long", "message": question}).raise_for_status()
            times.append((time.perf_counter() - start) * 1000)
    return times
