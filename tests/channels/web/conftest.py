"""People on the website and at the kiosk, each from an address of their own."""

import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.conftest import clinic_settings, free_port, start_server

CHANNELS = ("web", "kiosk")


def address() -> str:
    """Somebody's network address."""
    return ".".join(str(part) for part in (10, *os.urandom(3)))


class Person:
    """Somebody with an open chat.

    Attributes:
        opened: what opening it answered.
    """

    def __init__(self, server: str, channel: str = "web", place: str = "") -> None:
        self.place = place or address()
        self._base = f"{server}/{channel}"
        answer = self.post("session", {}, token="")
        assert answer.status_code == 201, answer.text
        self.opened = answer.json()
        self.token = self.opened["token"]

    def post(self, path: str, body: object, *, token: str | None = None, **headers: str) -> httpx.Response:
        """Send a body with this chat's token, or another one."""
        token = self.token if token is None else token
        sent = {"X-Forwarded-For": self.place, **({"Authorization": f"Bearer {token}"} if token else {}), **headers}
        return httpx.post(f"{self._base}/{path}", json=body, headers=sent, timeout=30)

    def send(self, text: str, identity: str = "", **headers: str) -> httpx.Response:
        """Send a text."""
        return self.post("messages", {"id": identity or secrets.token_hex(8), "text": text}, **headers)

    def ask(self, text: str, identity: str = "") -> dict:
        """Send a text and return its message."""
        answer = self.send(text, identity)
        assert answer.status_code == 200, answer.text
        return answer.json()["message"]

    def delete(self, token: str | None = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token or self.token}", "X-Forwarded-For": self.place}
        return httpx.delete(f"{self._base}/session", headers=headers, timeout=30)


@pytest.fixture
def person(server: str) -> Callable[..., Person]:
    """``person()`` opens a chat on the website, ``person("kiosk")`` at the kiosk."""
    return lambda channel="web", place="": Person(server, channel, place)


@pytest.fixture(scope="package")
def strict_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the strict server keeps what it keeps."""
    return tmp_path_factory.mktemp("strict")


@pytest.fixture(scope="package")
def strict_server(model: Path, strict_folder: Path) -> Iterator[str]:
    """A server with tight limits that keeps its conversations in a database on disk."""
    port = free_port()
    endpoints = strict_folder / "endpoints.yml"
    endpoints.write_text("tracker_store:\n  type: assistant.storage.conversations.ConversationStore\n")
    clinic = clinic_settings(
        strict_folder,
        messages_per_minute="4",
        messages_per_minute_by_address="6",
        new_chats_per_minute_by_address="5",
        open_chats_by_address="3",
        public_url='"https://b12.example"',
    )
    process = start_server(port, strict_folder / "log.txt", "--endpoints", str(endpoints), env={"B12_CLINIC": clinic})
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(20)
