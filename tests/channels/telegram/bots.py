"""Bots that talk to the fake Telegram, with a handler in the place of the model."""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from rasa.core.channels.channel import UserMessage

from assistant import reply as replies
from assistant.channels.telegram import seen
from assistant.channels.telegram.polling import open_queue, poll
from assistant.channels.telegram.seen import Queue
from assistant.channels.telegram.settings import Settings


class Handler:
    """Answers as the assistant would, by a topic's title or a few words; remembers who asked what."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.forgotten: list[str] = []

    async def __call__(self, message: UserMessage) -> None:
        self.asked.append((message.sender_id, message.text))
        topics = [topic for topic, card in replies.texts().library.cards.items() if card.title == message.text]
        made = {
            "Hello": lambda: replies.converse("greet"),
            "What can you do?": lambda: replies.converse("capabilities"),
            "What are your sources?": lambda: replies.show_sources(["frequency"]),
            "Is this private?": lambda: replies.converse("privacy"),
            "unsure": lambda: replies.clarify(["frequency", "dosage"]),
            "safe?": replies.safe_now,
        }.get(message.text, lambda: replies.answer(topics) if topics else replies.decline())()
        await message.output_channel.send_response(
            message.sender_id, {"text": made.text, "custom": made.envelope(), "buttons": made.buttons}
        )


class FullDisk:
    """Lets no answer be recorded while it is full."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.full, self.refused, usual = True, 0, Queue.answered

        def answered(queue: Queue, *arguments: Any) -> None:
            if self.full:
                self.refused += 1
                raise sqlite3.OperationalError("database or disk is full")
            usual(queue, *arguments)

        monkeypatch.setattr(Queue, "answered", answered)
        monkeypatch.setattr(seen, "_FIRST_PAUSE_SECONDS", 0.1)


@contextlib.asynccontextmanager
async def polling(settings: Settings, handler: Callable, folder: Path) -> AsyncIterator[None]:
    """A bot that polls the fake Telegram."""
    ready = asyncio.Event()
    forgotten = getattr(handler, "forgotten", [])

    async def forget(conversation: str) -> None:
        forgotten.append(conversation)

    task = asyncio.create_task(poll(settings, open_queue(settings, folder), handler, forget, ready.set))
    waiting = asyncio.create_task(ready.wait())
    await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED, timeout=10)
    try:
        yield
    finally:
        waiting.cancel()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
