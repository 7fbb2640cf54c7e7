"""A message of the web: what it may look like, and its one reply, however often the client sends it."""

import asyncio
import hashlib
import re
import weakref
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from assistant import reply as replies
from assistant.channels.refusal import RequestError
from assistant.channels.text import cleaned, harmless
from assistant.channels.web.limits import Limiter, emergency_pointer, too_many
from assistant.channels.web.session import Session, expired
from assistant.channels.web.state import PENDING_SECONDS, Kept, State
from assistant.nlu import red_flags

LONGEST_TEXT = 500
FORM = '{"id": "...", "text": "..."} or {"id": "...", "topic": "..."}'
_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
# Messages of one chat that may wait for each other.
_MOST_WAITING = 10
_POLL_SECONDS = 0.05


@dataclass(frozen=True)
class WebMessage:
    """A message: the client's id for it, the text for the assistant, and the topic where one was tapped."""

    id: str
    text: str
    topic: str | None = None

    @property
    def fingerprint(self) -> str:
        """Tells whether two messages with one id are the same, without keeping the words."""
        return hashlib.sha256(f"{self.topic}\0{self.text}".encode()).hexdigest()[:16]


def read(body: dict[str, Any]) -> WebMessage:
    """Return the message of a request's body.

    Raises:
        RequestError: 422, saying which field is wrong and how to mend it.
    """
    unknown = sorted(set(body) - {"id", "text", "topic"})
    if unknown:
        raise _odd("field_unknown", f"There is no field '{cleaned(unknown[0])[:40]}'. Send {FORM}.")
    identity = body.get("id")
    if not isinstance(identity, str) or not _ID.fullmatch(identity):
        raise _odd("id_invalid", "'id' must be 8 to 64 letters, digits, '-' or '_': a new one for each message.")
    if ("text" in body) == ("topic" in body):
        raise _odd("text_missing", f"Send either 'text' or 'topic': {FORM}.")
    if "topic" in body:
        return WebMessage(identity, _title(body["topic"]), body["topic"])
    return WebMessage(identity, _text(body["text"]))


def _title(topic: Any) -> str:
    cards = replies.texts().library.cards
    if not isinstance(topic, str) or topic not in cards:
        raise _odd("topic_unknown", "There is no such topic. GET content lists the ids of all topics.")
    return cards[topic].title


def _text(text: Any) -> str:
    if not isinstance(text, str):
        raise _odd("text_invalid", "'text' must be a string.")
    if not text.strip():
        raise _odd("text_empty", "'text' is empty. Write your question.")
    text = cleaned(text)
    if len(text) > LONGEST_TEXT:
        urgent = f" {emergency_pointer()}" if red_flags.red_flags().find(text) else ""
        raise _odd(
            "text_too_long",
            f"Your message has {len(text)} characters; the most is {LONGEST_TEXT}. Please shorten it, or send it in parts.{urgent}",
        )
    return harmless(text)


def _odd(code: str, message: str) -> RequestError:
    return RequestError(code, message, 422)


class Answerer:
    """Answers the messages of one channel: each once, those of one chat in the order in which they came."""

    def __init__(
        self, state: State, limiter: Limiter, take_turn: Callable[[WebMessage, Session], Awaitable[dict[str, Any]]]
    ) -> None:
        """Make it.

        Args:
            state: what is remembered beside the conversations.
            limiter: counts messages.
            take_turn: answers a message in a session's conversation.
        """
        self._state, self._limiter, self._take_turn = state, limiter, take_turn
        self._chats: weakref.WeakValueDictionary[str, asyncio.Lock] = weakref.WeakValueDictionary()
        self._running: dict[tuple[str, str], tuple[str, asyncio.Task[dict[str, Any]]]] = {}
        self._waiting: Counter[str] = Counter()

    def lock(self, session: Session) -> asyncio.Lock:
        """Return what only one turn of a chat, or its deletion, holds at a time."""
        lock = self._chats.get(session.id)
        if lock is None:
            lock = self._chats[session.id] = asyncio.Lock()
        return lock

    def answer(self, session: Session, message: WebMessage, place: str) -> asyncio.Task[dict[str, Any]]:
        """Begin to answer a message, or join in waiting for its answer.

        The turn goes on when the client that asked has gone: it gets the reply by sending the message again.

        Args:
            session: whose message it is.
            message: the message.
            place: hash of the address that sent it.

        Returns:
            The task that ends with the reply. It raises RequestError.

        Raises:
            RequestError: another message has the same id (409), or too many wait (429).
        """
        key = (session.id, message.id)
        if key in self._running:
            fingerprint, task = self._running[key]
            _check_same(fingerprint, message)
            return task
        if self._waiting[session.id] >= _MOST_WAITING and not red_flags.red_flags().find(message.text):
            raise too_many("Your earlier messages are still being answered.", 1)
        task = asyncio.get_running_loop().create_task(self._answer(session, message, place))
        self._running[key] = (message.fingerprint, task)
        self._waiting[session.id] += 1
        task.add_done_callback(lambda done: self._forget(key, done))
        return task

    def _forget(self, key: tuple[str, str], task: asyncio.Task[dict[str, Any]]) -> None:
        self._running.pop(key, None)
        self._waiting[key[0]] -= 1
        if self._waiting[key[0]] <= 0:
            del self._waiting[key[0]]
        if not task.cancelled():
            task.exception()  # whoever asked may have gone; then nobody else looks at it

    async def _answer(self, session: Session, message: WebMessage, place: str) -> dict[str, Any]:
        async with self.lock(session):
            if await self._state.is_void(session.id):
                raise expired(session.channel)
            kept = await self._claim(session, message)
            if kept:
                return kept["reply"]
            try:
                await self._count(session, message, place)
                reply = await self._take_turn(message, session)
            except BaseException:
                await self._state.release(session.id, message.id)
                raise
            await self._state.keep(session.id, message.id, message.fingerprint, reply)
            return reply

    async def _claim(self, session: Session, message: WebMessage) -> Kept | None:
        """Return the reply if there is one; None if the message is ours to answer. Another server's turn is waited for."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + PENDING_SECONDS
        while True:
            kept = await self._state.claim(session.id, message.id, message.fingerprint)
            if kept is None:
                return None
            _check_same(kept["fingerprint"], message)
            if "reply" in kept:
                return kept
            if loop.time() > deadline:
                raise RequestError("busy", "This message is still being answered. Send it again in a moment.", 503)
            await asyncio.sleep(_POLL_SECONDS)

    async def _count(self, session: Session, message: WebMessage, place: str) -> None:
        try:
            await self._limiter.message(session.id, place)
        except RequestError:
            if not red_flags.red_flags().find(message.text):  # whoever may be in danger is answered
                raise


def _check_same(fingerprint: str, message: WebMessage) -> None:
    if fingerprint != message.fingerprint:
        raise RequestError("id_used", "This 'id' belongs to another message. Send a new id with each message.", 409)
