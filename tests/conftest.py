"""What all tests share: a copy of the content to break, and the real server."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from assistant import models, paths, quiet

quiet.settle()

Ask = Callable[..., dict]


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """A copy of the project's content that a test may break."""
    for name in ("data", "tests/questions"):
        shutil.copytree(paths.ROOT / name, tmp_path / name)
    for name in ("clinic.yml", "domain.yml"):
        shutil.copy(paths.ROOT / name, tmp_path / name)
    return tmp_path


@pytest.fixture(scope="session")
def model() -> Path:
    """The trained model for the present content; trained now if it isn't there."""
    return models.train()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start_server(port: int, log: Path, *options: str) -> subprocess.Popen:
    """Start ``b12 serve`` and wait until it says that it is ready."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "assistant.cli", "serve", "--port", str(port), *options],
            cwd=paths.ROOT,
            stdout=out,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
    deadline = time.monotonic() + 120
    while "Ready:" not in log.read_text(errors="replace"):
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            raise AssertionError(f"the server did not start:\n{log.read_text(errors='replace')[-3000:]}")
        time.sleep(0.2)
    return process


@pytest.fixture(scope="session")
def server_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("server") / "log.txt"


@pytest.fixture(scope="session")
def server(model: Path, server_log: Path) -> Iterator[str]:
    """The address of the real server."""
    port = free_port()
    process = start_server(port, server_log)
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(20)


@pytest.fixture
def ask(server: str) -> Ask:
    """Ask the real server: ``ask("does it hurt")`` gives the one message with its ``text`` and ``custom``."""

    def send(message: str, sender: str = "") -> dict:
        sender = sender or os.urandom(8).hex()
        answer = httpx.post(f"{server}/webhooks/rest/webhook", json={"sender": sender, "message": message}, timeout=30)
        assert answer.status_code == 200, answer.text
        messages = answer.json()
        assert [("custom" in message) for message in messages] == [True]
        return messages[0]

    return send
