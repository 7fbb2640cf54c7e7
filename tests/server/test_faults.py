"""Each part behind the server is broken for real; the person still gets one reply with its steer, and the failure is counted."""

import contextlib
import json
import os
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from assistant import paths
from assistant import reply as replies
from tests.channels.telegram.fake_telegram import TOKEN, FakeTelegram, read_html
from tests.channels.web.conftest import Person
from tests.conftest import clinic_settings, free_port, start_server
from tests.services import until


class ActionServer(ThreadingHTTPServer):
    """An action server that misbehaves as it is told."""

    behaviour = "error"


class Handler(BaseHTTPRequestHandler):
    server: ActionServer

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        behaviour = self.server.behaviour
        if behaviour == "hang":
            time.sleep(15)
        answers = {
            "error": (500, b"Traceback: my secret"),
            "action raises": (400, json.dumps({"error": "boom", "action_name": "action_answer"}).encode()),
            "empty": (200, b'{"events": [], "responses": []}'),
            "garbage": (200, b"<html>"),
            "without steer": (200, b'{"events": [], "responses": [{"text": "Double your dose."}]}'),
            "odd events": (200, b'{"events": [{"event": "nonsense"}], "responses": []}'),
            "hang": (200, b"{}"),
        }
        status, body = answers[behaviour]
        with contextlib.suppress(BrokenPipeError):  # the server has given up waiting
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, *args) -> None:
        pass


class Broken:
    """A server with all its channels, whose action server and whose database can be broken."""

    def __init__(self, url: str, actions: ActionServer, database: Path, log: Path, telegram: FakeTelegram) -> None:
        self.url, self.actions, self.database, self.log, self.telegram = url, actions, database, log, telegram

    def ask(self, text: str) -> dict:
        answer = httpx.post(
            f"{self.url}/webhooks/rest/webhook", json={"sender": os.urandom(8).hex(), "message": text}, timeout=30
        )
        assert answer.status_code == 200
        (message,) = answer.json()
        assert message["custom"]["steer"] in message["text"]
        return message

    def everywhere(self, text: str) -> dict[str, str]:
        """Ask on each channel and return what a person reads there; each message holds its steer."""
        read = {"rest": self.ask(text)["text"]}
        for channel in ("web", "kiosk"):
            message = Person(self.url, channel).ask(text)
            assert message["steer"] in message["text"]
            read[channel] = message["text"]
        before = len(self.telegram.sent)
        self.telegram.say(text, chat=before + 100)
        (sent,) = self.telegram.wait(before + 1, seconds=30)[before:]
        return {**read, "telegram": read_html(sent["text"])[0]}

    def failures(self) -> int:
        return httpx.get(f"{self.url}/health", timeout=10).json()["failures"]


@pytest.fixture(scope="module")
def broken(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broken]:
    folder = tmp_path_factory.mktemp("broken")
    actions = ActionServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=actions.serve_forever, daemon=True).start()
    endpoints = folder / "endpoints.yml"
    endpoints.write_text(
        f"action_endpoint:\n  url: http://127.0.0.1:{actions.server_address[1]}/webhook\n"
        f"tracker_store:\n  type: SQL\n  dialect: sqlite\n  db: {folder}/trackers.db\n"
    )
    port, telegram = free_port(), FakeTelegram()
    process = start_server(
        port,
        folder / "log.txt",
        "--remote-actions",
        "--endpoints",
        str(endpoints),
        B12_CLINIC=clinic_settings(folder),
        TELEGRAM_BOT_TOKEN=TOKEN,
        TELEGRAM_API_BASE=telegram.address,
        TELEGRAM_WEBHOOK_URL=f"http://127.0.0.1:{port}/webhooks/telegram/webhook",
    )
    until(lambda: bool(telegram.webhook), seconds=20)
    yield Broken(f"http://127.0.0.1:{port}", actions, folder / "trackers.db", folder / "log.txt", telegram)
    process.terminate()
    process.wait(20)
    actions.shutdown()
    actions.server_close()
    telegram.close()
    for path in (paths.ROOT / "var").glob(f"telegram-{TOKEN.split(':')[0]}.*"):
        path.unlink()


@pytest.mark.parametrize(
    "behaviour", ["error", "action raises", "empty", "garbage", "without steer", "odd events", "hang"]
)
def test_a_misbehaving_action_ends_in_the_failed_reply(broken: Broken, behaviour: str) -> None:
    broken.actions.behaviour = behaviour
    before = broken.failures()
    message = broken.ask("does my xylophone hurt after the injection")
    assert message["custom"]["kind"] == "failed"
    assert "999" in message["text"]
    assert "Double" not in message["text"]
    assert broken.failures() == before + 1
    assert "xylophone" not in broken.log.read_text()
    assert "secret" not in broken.log.read_text()


@pytest.mark.parametrize("behaviour", ["error", "action raises", "without steer"])
def test_on_every_channel_a_misbehaving_action_ends_with_the_steer(broken: Broken, behaviour: str) -> None:
    broken.actions.behaviour = behaviour
    steer = replies.failed().steer
    for channel, text in broken.everywhere("does my xylophone hurt after the injection").items():
        assert steer in text, channel
        assert "Double" not in text and "secret" not in text, channel


def test_an_emergency_is_answered_while_the_actions_are_broken(broken: Broken) -> None:
    broken.actions.behaviour = "error"
    message = broken.ask("my throat is closing up after the jab")
    assert message["custom"]["kind"] == "emergency"
    assert message["custom"]["contacts"]


def test_with_the_database_gone_the_person_still_gets_a_reply(broken: Broken) -> None:
    broken.actions.behaviour = "error"
    broken.database.write_bytes(b"this is no database " * 1000)
    message = broken.ask("does my xylophone hurt after the injection")
    assert message["custom"]["kind"] == "failed"
    assert broken.ask("i want to kill myself")["custom"]["kind"] == "crisis"
    for channel, text in broken.everywhere("does my xylophone hurt after the injection").items():
        assert replies.failed().steer in text, channel
    for channel, text in broken.everywhere("my throat is closing up after the jab").items():
        assert "Call 999" in text, channel
    assert "xylophone" not in broken.log.read_text()


def test_with_the_action_server_away_the_person_still_gets_a_reply(broken: Broken) -> None:
    broken.actions.shutdown()
    broken.actions.server_close()
    assert broken.ask("does the injection hurt")["custom"]["kind"] == "failed"


def test_a_model_that_cannot_be_loaded_is_refused_in_one_line(tmp_path: Path, model: Path) -> None:
    damaged = tmp_path / model.name
    damaged.write_bytes(model.read_bytes()[:100_000])
    log = tmp_path / "log.txt"
    with pytest.raises(AssertionError):
        start_server(free_port(), log, "--model", str(damaged))
    assert "Error:" in log.read_text()
    assert "Traceback" not in log.read_text()
