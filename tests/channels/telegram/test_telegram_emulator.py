"""Whole conversations with the real model through telegram-test-api, an emulator that nobody here wrote.

``npm ci --ignore-scripts`` in ``emulator/`` installs it; without it these tests are skipped, on the build server they fail.
"""

import contextlib
import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fake_telegram import read_html

from assistant import paths
from assistant.channels.telegram import format as shown
from assistant.channels.telegram import words
from assistant.guidance import library

EMULATOR = Path(__file__).parent / "emulator"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Emulator:
    """Telegram with one person in it, who talks to one bot."""

    def __init__(self) -> None:
        if not (EMULATOR / "node_modules").exists():
            assert not os.environ.get("CI"), "the emulator is not installed"
            pytest.skip("the emulator is not installed: npm ci --ignore-scripts in tests/channels/telegram/emulator")
        self.port = free_port()
        self.token = f"{secrets.randbelow(10**9) + 10**9}:{secrets.token_hex(8)}"
        self._node = subprocess.Popen(
            ["node", "--unhandled-rejections=warn", "emulator.js", str(self.port), self.token],
            cwd=EMULATOR,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._node.stdout and json.loads(self._node.stdout.readline()) == {"ready": True}

    @property
    def environment(self) -> dict[str, str]:
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith("TELEGRAM_")},
            "PYTHONUNBUFFERED": "1",
            "TELEGRAM_BOT_TOKEN": self.token,
            "TELEGRAM_API_BASE": f"http://127.0.0.1:{self.port}",
        }

    def do(self, action: str, **given: Any) -> Any:
        assert self._node.stdin and self._node.stdout
        self._node.stdin.write(json.dumps({"do": action, **given}) + "\n")
        self._node.stdin.flush()
        answer = json.loads(self._node.stdout.readline())
        assert "error" not in answer, answer
        return answer["result"]

    def read(self) -> dict[str, Any]:
        """Return the one message that the bot sent since the last."""
        (entry,) = self.do("read")["result"]
        message = entry["message"]
        return {**message, "id": entry["messageId"], "seen": read_html(message["text"])[0]}

    def say(self, text: str) -> dict[str, Any]:
        self.do("command" if text.startswith("/") else "say", text=text)
        return self.read()

    def tap(self, message: dict[str, Any], row: int) -> dict[str, Any]:
        data = message["reply_markup"]["inline_keyboard"][row][0]["callback_data"]
        self.do("tap", data=data, message=message["id"])
        return self.read()

    def close(self) -> None:
        self._node.terminate()
        self._node.wait(10)
        for path in (paths.ROOT / "var").glob(f"telegram-{self.token.split(':')[0]}.*"):
            path.unlink()


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    made = Emulator()
    yield made
    made.close()


@contextlib.contextmanager
def b12(arguments: list[str], environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen]:
    """Run one of our commands until the end of the block; it has said that it is ready."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "assistant.cli", *arguments],
            cwd=paths.ROOT,
            stdout=out,
            stderr=subprocess.STDOUT,
            env=environment,
        )
    try:
        deadline = time.monotonic() + 120
        while "Ready:" not in log.read_text():
            assert process.poll() is None and time.monotonic() < deadline, log.read_text()[-3000:]
            time.sleep(0.1)
        yield process
    finally:
        process.terminate()
        process.wait(20)


def converse_in_ten_turns(emulator: Emulator) -> None:
    title = {topic: card.title for topic, card in library.load().cards.items()}
    hello = emulator.say("/start")
    assert hello["seen"].startswith("Hello.")
    hurt = emulator.say("does it hurt")
    assert hurt["seen"].startswith(title["injection_pain"])
    related = re.search(r"t:(\w+)", hurt["reply_markup"]["inline_keyboard"][1][0]["callback_data"])
    assert related
    tapped = emulator.tap(hurt, 1)
    assert tapped["seen"].startswith(title[related[1]])
    more = emulator.say("tell me more")
    assert more["seen"].startswith(title[related[1]]) and more["seen"] != tapped["seen"]
    sources = emulator.say("/sources")
    assert title[related[1]] in sources["seen"] and "<a href=" in sources["text"]
    assert emulator.say("/start frequency")["seen"].startswith(title["frequency"])
    assert "vitamin B12, not about other vitamins" in emulator.say("how much vitamin d should i take")["seen"]
    urgent = emulator.say("my throat is closing up after the injection")
    assert urgent["text"].startswith("<b>999</b>\n")
    held = emulator.say("how often are b12 injections given?")
    assert "safe now?" in held["seen"]
    safe = next(
        row
        for row, (button,) in enumerate(held["reply_markup"]["inline_keyboard"])
        if button.get("callback_data") == "w:Yes, safe now"
    )
    assert emulator.tap(held, safe)["seen"].startswith("I'm glad.")
    assert emulator.say("/delete")["seen"].startswith(words.LINES["deleted"][:20])
    forgotten = emulator.say("tell me more")
    assert forgotten["seen"].startswith("Tell me which answer you mean"), "the conversation was not deleted"
    called = emulator.do("called")
    assert called["answerCallbackQuery"] == 2
    assert called["sendChatAction"] >= 10 and called["setMyCommands"] == 1


def test_ten_turns_by_polling(emulator: Emulator, model: Path, tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    with b12(["telegram"], emulator.environment, log) as process:
        converse_in_ten_turns(emulator)
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
    assert "Aborted" not in log.read_text()
    assert "throat" not in log.read_text() and emulator.token not in log.read_text()
    assert "Traceback" not in log.read_text()


def test_ten_turns_by_webhook_and_every_card_reads_the_same_as_over_rest(
    emulator: Emulator, model: Path, tmp_path: Path
) -> None:
    port, log = free_port(), tmp_path / "log.txt"
    site = f"http://127.0.0.1:{port}/webhooks"
    environment = {**emulator.environment, "TELEGRAM_WEBHOOK_URL": f"{site}/telegram/webhook"}
    with b12(["serve", "--port", str(port)], environment, log):
        deadline = time.monotonic() + 10
        while httpx.get(f"{site}/telegram/").json() != {"status": "ok"}:
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
        assert emulator.do("webhook")["secret_token"]
        converse_in_ten_turns(emulator)
        for topic, card in library.load().cards.items():
            asked = {"sender": f"rest {topic}", "message": card.title}
            (rest,) = httpx.post(f"{site}/rest/webhook", json=asked, timeout=30).json()
            (part,) = shown.parts(rest)
            message = emulator.say(card.title)
            assert rest["custom"]["topics"] == [topic]
            assert message["text"] == part.html
            assert message["reply_markup"]["inline_keyboard"] == part.keyboard
            assert message["seen"].endswith(rest["custom"]["steer"])
            for source in rest["custom"]["answers"][0]["sources"]:
                assert source["url"] in message["text"].replace("&amp;", "&")
    assert "Traceback" not in log.read_text()


def test_a_server_without_telegram_serves_the_other_channels(model: Path, tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "log.txt"
    site = f"http://127.0.0.1:{port}/webhooks"
    nowhere = {
        **os.environ,
        "PYTHONUNBUFFERED": "1",
        "TELEGRAM_BOT_TOKEN": f"{secrets.randbelow(10**9) + 10**9}:nowhere",
        "TELEGRAM_API_BASE": "http://127.0.0.1:9",
        "TELEGRAM_WEBHOOK_URL": f"{site}/telegram/webhook",
    }
    with b12(["serve", "--port", str(port)], nowhere, log):
        asked = {"sender": "a", "message": "how often are b12 injections given?"}
        (rest,) = httpx.post(f"{site}/rest/webhook", json=asked, timeout=30).json()
        assert rest["custom"]["topics"] == ["frequency"]
        time.sleep(1)
        assert httpx.get(f"{site}/telegram/").json() == {"status": "unreachable"}
        assert httpx.post(f"{site}/telegram/webhook", json={}).status_code == 403
    assert "introducing the bot failed (NetworkError); trying again" in log.read_text()
    assert nowhere["TELEGRAM_BOT_TOKEN"] not in log.read_text()
    for path in (paths.ROOT / "var").glob(f"telegram-{nowhere['TELEGRAM_BOT_TOKEN'].split(':')[0]}.*"):
        path.unlink()
