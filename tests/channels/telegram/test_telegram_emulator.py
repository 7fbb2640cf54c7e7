"""Whole conversations with the real model through an emulator of Telegram (emulated.py)."""

import os
import re
import secrets
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from assistant import paths
from assistant.channels.telegram import words
from assistant.guidance import library
from tests.channels.telegram.emulated import Emulator, b12
from tests.conftest import free_port


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    made = Emulator()
    yield made
    made.close()


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


def test_ten_turns_by_webhook(emulator: Emulator, model: Path, tmp_path: Path) -> None:
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
