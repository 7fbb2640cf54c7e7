"""Start-up, memory and the time of a turn: ``uv run python -m benchmarks.turn``.

Starts the real server on a trained model, asks it 300 held-out questions, each in a new conversation, one after the other.
"""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import httpx

from assistant import models, paths
from assistant.evaluation import held_out

PORT = 5057
QUESTIONS = 300


def main() -> None:
    """Measure and print."""
    models.train()
    start = time.perf_counter()
    server = subprocess.Popen(
        [sys.executable, "-m", "assistant.cli", "serve", "--port", str(PORT)],
        cwd=paths.ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        next(line for line in server.stdout if line.startswith("Ready"))
        print(f"ready after {time.perf_counter() - start:.1f} s, {resident(server.pid)} MB resident")
        client = httpx.Client(base_url=f"http://127.0.0.1:{PORT}", timeout=30)
        times = [turn(client, index, question.text) for index, question in enumerate(held_out.read()[::3][:QUESTIONS])]
        times.sort()
        middle, high, highest = (times[int(len(times) * share)] for share in (0.5, 0.95, 0.99))
        print(
            f"{len(times)} turns: p50 {middle:.1f} ms, p95 {high:.1f} ms, p99 {highest:.1f} ms; {resident(server.pid)} MB resident"
        )
        print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    finally:
        server.terminate()


def turn(client: httpx.Client, number: int, text: str) -> float:
    """Ask one question and return the milliseconds until its reply."""
    start = time.perf_counter()
    answer = client.post("/webhooks/rest/webhook", json={"sender": f"bench-{number}", "message": text})
    answer.raise_for_status()
    return (time.perf_counter() - start) * 1000


def resident(pid: int) -> int:
    """Return a process's resident memory in MB."""
    found = re.search(r"VmRSS:\s+(\d+)", (Path("/proc") / str(pid) / "status").read_text())
    return int(found[1]) // 1024 if found else 0


if __name__ == "__main__":
    main()
