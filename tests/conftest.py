"""What all tests share: a copy of the content to break, and the real server."""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from assistant import models, paths, quiet
from tests.services import Postgres, RedisServer

quiet.settle()
# No test writes into the project's own database.
_STATE = tempfile.TemporaryDirectory(prefix="b12-tests-")
os.environ["DATABASE_URL"] = f"sqlite:///{_STATE.name}/b12.sqlite"

Ask = Callable[..., dict]
# What the test servers sign tokens with.
SECRET = "a secret of the tests alone"


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """A copy of the project's content that a test may break."""
    for name in ("data", "tests/questions", "tests/safety"):
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


def start_server(
    port: int, log: Path, *options: str, env: dict[str, str] | None = None, root: Path = paths.ROOT, **settings: str
) -> subprocess.Popen:
    """Start ``b12 serve`` with settings in its environment, and wait until it says that it is ready.

    What it keeps goes beside its log unless a setting says otherwise. ``root``: the project, or a copy of it.
    """
    own = {"DATABASE_URL": f"sqlite:///{log.parent}/b12.sqlite", "B12_SECRET": SECRET, **(env or {}), **settings}
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "assistant.cli", "serve", "--port", str(port), *options],
            cwd=root,
            stdout=out,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **own},
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


def clinic_settings(folder: Path, **changed: str) -> str:
    """Write a clinic.yml of the tests: they speak for many addresses. Other lines may be changed by their keys; return its path."""
    text = (paths.ROOT / "clinic.yml").read_text()
    ours = {"trusted_proxies": '["127.0.0.1"]', "sites": '["https://clinic.example"]', "printer": "true"}
    for key, value in {**ours, **changed}.items():
        text, found = re.subn(rf"^( *{key}: )[^#\n]*", rf"\g<1>{value} ", text, flags=re.MULTILINE)
        assert found == 1, key
    path = folder / "clinic.yml"
    path.write_text(text)
    return str(path)


@pytest.fixture(scope="session")
def server(model: Path, server_log: Path) -> Iterator[str]:
    """The address of the real server."""
    port = free_port()
    process = start_server(port, server_log, env={"B12_CLINIC": clinic_settings(server_log.parent)})
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


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A short path that another user may enter."""
    path = Path(tempfile.mkdtemp(prefix="b12-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="module")
def postgres(folder: Path) -> Iterator[Postgres]:
    (folder / "postgres").mkdir()
    service = Postgres(folder / "postgres")
    service.start()
    yield service
    service.stop()


@pytest.fixture(scope="module")
def redis_server(folder: Path) -> Iterator[RedisServer]:
    (folder / "redis").mkdir(mode=0o777)
    service = RedisServer(folder / "redis")
    service.start()
    yield service
    service.stop()
