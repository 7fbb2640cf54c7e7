"""What was received and what waits to be sent, in one SQLite file, so that a restart loses nothing and repeats nothing.

An update is recorded before Telegram is told that it arrived. Its answer is recorded in the same transaction that marks it as
answered. An outgoing message leaves the file once Telegram has confirmed it. What is left is the moment between Telegram's
taking a message and the confirmation's being recorded: a process killed there sends that one message again.

What people wrote stands in the file only until it is answered, encrypted, and is then overwritten.
"""

import asyncio
import contextlib
import fcntl
import json
import logging
import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from cryptography.fernet import Fernet, InvalidToken

from assistant.errors import AssistantError

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

# Telegram repeats an update for at most a day.
_REMEMBERED_SECONDS = 2 * 24 * 3600
# After a week without updates Telegram begins to count anew, and an old offset would hide the new ones.
_OFFSET_SECONDS = 5 * 24 * 3600
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 1.0, 60.0
_SCHEMA = """
CREATE TABLE IF NOT EXISTS received (id INTEGER PRIMARY KEY, at REAL NOT NULL, task BLOB);
CREATE INDEX IF NOT EXISTS received_at ON received (at);
CREATE TABLE IF NOT EXISTS outgoing
    (id INTEGER PRIMARY KEY AUTOINCREMENT, chat TEXT NOT NULL, not_before REAL NOT NULL, message BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS outgoing_chat ON outgoing (chat);
CREATE TABLE IF NOT EXISTS polling (only INTEGER PRIMARY KEY CHECK (only = 1), offset INTEGER NOT NULL, at REAL NOT NULL);
"""


class Waiting(NamedTuple):
    """A message that may be sent now."""

    id: int
    chat: str
    message: dict[str, Any]


class Queue:
    """The file of one bot. One process uses it at a time."""

    def __init__(self, path: Path, key: bytes) -> None:
        """Open the file, or make it.

        Args:
            path: where it is.
            key: what its contents are encrypted with.

        Raises:
            AssistantError: another process answers for this bot, or the file can't be written.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._lock = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        except OSError as error:
            raise AssistantError(f"Cannot write {path} ({error.strerror}). Let the assistant write there.") from None
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._lock)
            raise AssistantError(
                "Another process on this machine answers for this bot already. Stop it first: one bot, one process."
            ) from None
        self._fernet = Fernet(key)
        self._database = sqlite3.connect(path, isolation_level=None)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=FULL")  # what was recorded survives a power cut too
        self._database.execute("PRAGMA secure_delete=ON")
        self._database.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the file and let another process use it."""
        self._database.close()
        os.close(self._lock)

    def receive(self, tasks: Iterable[tuple[int, dict[str, Any] | None]], offset: int | None = None) -> list[int]:
        """Record updates, and with them where to go on polling.

        Args:
            tasks: each update's number and what is to be done; None where it needs nothing.
            offset: the number that the next poll begins with.

        Returns:
            The numbers of those that were not seen before and need something.
        """
        now, new = time.time(), []
        with self._transaction() as database:
            database.execute("DELETE FROM received WHERE at < ? AND task IS NULL", (now - _REMEMBERED_SECONDS,))
            for number, task in tasks:
                kept = None if task is None else self._encrypted(task)
                added = database.execute(
                    "INSERT OR IGNORE INTO received VALUES (?, ?, ?)", (number, now, kept)
                ).rowcount
                if added and task is not None:
                    new.append(number)
            if offset is not None:
                database.execute("INSERT OR REPLACE INTO polling VALUES (1, ?, ?)", (offset, now))
        return new

    def offset(self) -> int | None:
        """Return where to go on polling; None at first and after days of silence."""
        row = self._database.execute("SELECT offset, at FROM polling").fetchone()
        return row[0] if row and time.time() - row[1] < _OFFSET_SECONDS else None

    def unanswered(self) -> list[tuple[int, dict[str, Any]]]:
        """Return the updates that were received and not answered, in their order."""
        rows = self._database.execute("SELECT id, task FROM received WHERE task IS NOT NULL ORDER BY id").fetchall()
        read = [(number, self._decrypted(task)) for number, task in rows]
        for number, task in read:
            if task is None:
                self._database.execute("UPDATE received SET task = NULL WHERE id = ?", (number,))
        return [(number, task) for number, task in read if task is not None]

    def answered(self, number: int, chat: str, messages: Iterable[dict[str, Any]]) -> None:
        """Record an update as answered, together with the messages that answer it; its words are gone with that."""
        with self._transaction() as database:
            database.execute("UPDATE received SET task = NULL WHERE id = ?", (number,))
            database.executemany(
                "INSERT INTO outgoing (chat, not_before, message) VALUES (?, 0, ?)",
                [(chat, self._encrypted(message)) for message in messages],
            )

    def next_message(self) -> Waiting | None:
        """Return the oldest message that may be sent now. A chat's messages keep their order."""
        while True:
            row = self._database.execute(
                "SELECT id, chat, message FROM outgoing AS one WHERE not_before <= ? AND id = "
                "(SELECT min(id) FROM outgoing WHERE chat = one.chat) ORDER BY id LIMIT 1",
                (time.time(),),
            ).fetchone()
            if row is None:
                return None
            message = self._decrypted(row[2])
            if message is not None:
                return Waiting(row[0], row[1], message)
            self.sent(row[0])

    def seconds_to_next(self) -> float | None:
        """Return how long to wait for the next message; None where none waits."""
        (moment,) = self._database.execute(
            "SELECT min(not_before) FROM outgoing WHERE id IN (SELECT min(id) FROM outgoing GROUP BY chat)"
        ).fetchone()
        return None if moment is None else max(0.0, moment - time.time())

    def sent(self, message: int) -> None:
        """Forget a message that has arrived."""
        self._database.execute("DELETE FROM outgoing WHERE id = ?", (message,))

    def postpone(self, chat: str, seconds: float) -> None:
        """Send nothing to a chat for a while."""
        self._database.execute("UPDATE outgoing SET not_before = ? WHERE chat = ?", (time.time() + seconds, chat))

    def drop(self, chat: str) -> None:
        """Forget what was to be sent to a chat that can't be reached any more."""
        self._database.execute("DELETE FROM outgoing WHERE chat = ?", (chat,))

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield self._database
            self._database.execute("COMMIT")
        except BaseException:
            if self._database.in_transaction:  # a full disk has ended it already
                self._database.execute("ROLLBACK")
            raise

    def _encrypted(self, value: dict[str, Any]) -> bytes:
        return self._fernet.encrypt(json.dumps(value).encode())

    def _decrypted(self, value: bytes) -> dict[str, Any] | None:
        try:
            return json.loads(self._fernet.decrypt(value))
        except InvalidToken:
            logger.error("a kept message can't be read: B12_SECRET or the token has changed; it was dropped")
            return None


async def until_it_can(stuck: Callable[[bool], None], use: Callable[..., Result], *arguments: Any) -> Result:
    """Use the file until that works, with longer and longer pauses: the disk may be full for a while.

    Args:
        stuck: is told True when it failed, and False once it worked after that.
        use: a method of the queue.
        arguments: what it is called with.
    """
    pause, failed = _FIRST_PAUSE_SECONDS, False
    while True:
        try:
            result = use(*arguments)
        except sqlite3.Error as error:
            failed = True
            stuck(True)
            logger.error("Telegram: its file failed (%s); trying again in %.0f s", type(error).__name__, pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
        else:
            if failed:
                stuck(False)
            return result
