"""Telegram as telegram-test-api emulates it, which nobody here wrote: one person in it who talks to one bot.

``npm ci --ignore-scripts`` in ``emulator/`` installs it; without it its tests are skipped, on the build server they fail.
"""

import contextlib
import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant import paths
from tests.channels.telegram.fake_telegram import read_html
from tests.conftest import free_port

EMULATOR = Path(__file__).parent / "emulator"


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

    def read_all(self) -> list[dict[str, Any]]:
        """Return the messages that the bot sent since the last."""
        entries = self.do("read")["result"]
        return [
            {**entry["message"], "id": entry["messageId"], "seen": read_html(entry["message"]["text"])[0]}
            for entry in entries
        ]

    def read(self) -> dict[str, Any]:
        """Return the one message that the bot sent since the last."""
        (message,) = self.read_all()
        return message

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
