"""What happens to a server that runs: its clock jumps, its disk is full, it is told to stop in mid-turn."""

import asyncio
import contextlib
import json
import os
import resource
import secrets
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.conftest import clinic_settings, free_port, start_server
from tests.services import until
from tests.topology.cluster import LIMITS
from tests.topology.people import answered

LIBRARY = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))


class Server:
    """A server of the test's own."""

    def __init__(self, folder: Path, **settings: str) -> None:
        port = free_port()
        self.log = folder / "log.txt"
        self.url = f"http://127.0.0.1:{port}"
        settings = {"B12_CLINIC": clinic_settings(folder, **LIMITS), "LOG_FORMAT": "json", **settings}
        self.process: subprocess.Popen = start_server(port, self.log, **settings)

    def health(self) -> dict:
        return httpx.get(f"{self.url}/health", timeout=30).json()

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@pytest.fixture
def clock(tmp_path: Path) -> Path:
    """The file that says how far the server's clock is from ours."""
    if not LIBRARY:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("libfaketime is missing: apt-get install faketime")
    path = tmp_path / "clock"
    path.write_text("+0d\n")
    return path


@pytest.fixture
def jumping(model: Path, tmp_path: Path, clock: Path) -> Iterator[Server]:
    server = Server(
        tmp_path,
        LD_PRELOAD=str(LIBRARY[0]),
        FAKETIME_TIMESTAMP_FILE=str(clock),
        FAKETIME_NO_CACHE="1",
        DONT_FAKE_MONOTONIC="1",  # as a machine's clock: what counts seconds goes on
    )
    yield server
    server.stop()


def test_a_clock_that_jumps_costs_nobody_an_answer(jumping: Server, clock: Path, chat) -> None:
    somebody = chat(jumping.url)
    assert somebody.ask("does it hurt")["topics"] == ["injection_pain"]

    clock.write_text("-1d\n")
    assert answered(somebody.ask("simpler please")) == ["injection_pain"]
    assert chat(jumping.url).ask("how often do i need the jabs")["topics"] == ["frequency"]

    clock.write_text("+400d\n")  # every chat is over, every review is due
    late = somebody.send("tell me more")
    assert late.status_code == 401
    assert late.json()["error"]["code"] == "session_expired"
    new = chat(jumping.url)
    assert new.ask("my throat is closing up after the jab")["kind"] == "emergency"
    assert new.ask("how often do i need the jabs")["kind"] in ("answer", "conversation", "emergency")

    clock.write_text("+0d\n")
    assert chat(jumping.url).ask("does it hurt")["topics"] == ["injection_pain"]
    assert jumping.health()["failures"] == 0
    assert "does it hurt" not in jumping.log.read_text()


@pytest.fixture
def own(model: Path, tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path)
    yield server
    server.stop()


def test_a_full_disk_costs_nobody_an_answer_and_what_waited_is_written_later(own: Server, chat) -> None:
    """The system refuses the server any file beyond 1 byte, as it does where nothing is free."""
    somebody = chat(own.url)
    somebody.ask("does it hurt")
    _, hard = resource.prlimit(own.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(own.process.pid, resource.RLIMIT_FSIZE, (1, hard))
    try:
        assert answered(somebody.ask("simpler please")) == ["injection_pain"]
        assert somebody.ask("how often do i need the jabs")["topics"] == ["frequency"]
        assert chat(own.url).ask("my throat is closing up after the jab")["kind"] == "emergency"
        until(lambda: own.health()["database"] == "degraded", seconds=60)
    finally:
        resource.prlimit(own.process.pid, resource.RLIMIT_FSIZE, (hard, hard))
    until(lambda: own.health()["database"] == "ok", seconds=60)
    assert answered(somebody.ask("tell me more")) == ["frequency"]
    assert own.health()["failures"] == 0


async def test_an_orderly_stop_answers_what_has_begun(own: Server) -> None:
    limits = httpx.Limits(max_connections=20)
    async with httpx.AsyncClient(base_url=own.url, timeout=60, limits=limits) as client:
        opened = await asyncio.gather(*(client.post("/web/session", json={}) for _ in range(20)))

        async def send(token: str) -> httpx.Response:
            body = {"id": secrets.token_hex(8), "text": "does it hurt"}
            return await client.post("/web/messages", json=body, headers={"Authorization": f"Bearer {token}"})

        own.process.send_signal(signal.SIGSTOP)  # so that all have come before the first is answered
        sent = [asyncio.ensure_future(send(answer.json()["token"])) for answer in opened]
        await asyncio.sleep(1)
        own.process.send_signal(signal.SIGCONT)
        await asyncio.wait(sent, return_when=asyncio.FIRST_COMPLETED)  # the others wait or are being answered
        own.process.send_signal(signal.SIGTERM)
        answers = await asyncio.gather(*sent)
    assert {answer.status_code for answer in answers} == {200}
    assert own.process.wait(60) == 0


def test_a_killed_server_goes_on_with_the_chat_when_it_is_back(model: Path, tmp_path: Path, chat) -> None:
    """The message that it died with is sent again with its id, and answered once."""
    server = Server(tmp_path)
    somebody = chat(server.url)
    somebody.ask("does it hurt")
    port = int(server.url.rsplit(":", 1)[1])
    body = {"id": secrets.token_hex(8), "text": "simpler please"}
    os.kill(server.process.pid, signal.SIGSTOP)  # the message arrives, and nobody gets to it
    with socket.create_connection(("127.0.0.1", port)) as connection:
        text = json.dumps(body)
        head = f"POST /web/messages HTTP/1.1\r\nHost: b12\r\nAuthorization: {somebody.headers['Authorization']}\r\n"
        head += f"Content-Type: application/json\r\nContent-Length: {len(text)}\r\n\r\n"
        connection.sendall((head + text).encode())
        server.process.kill()
        with contextlib.suppress(ConnectionResetError):
            assert connection.recv(10) == b""  # nothing came, so the widget sends it again
    server.process.wait(30)
    server.process = start_server(port, server.log, B12_CLINIC=str(tmp_path / "clinic.yml"), LOG_FORMAT="json")
    try:
        first = httpx.post(f"{server.url}/web/messages", json=body, headers=somebody.headers, timeout=60).json()
        again = httpx.post(f"{server.url}/web/messages", json=body, headers=somebody.headers, timeout=60).json()
        assert first == again
        assert answered(first["message"]) == ["injection_pain"]
    finally:
        server.stop()
