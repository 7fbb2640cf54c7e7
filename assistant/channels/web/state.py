"""What the web channels remember beside the conversations: replies already given, chats that are void, chats that are open.

In this process's memory, or in Redis where ``REDIS_URL`` is set, so that several servers know the same. While Redis is away each
server remembers for itself.
"""

import json
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypeVar

from redis.asyncio import Redis

from assistant.channels.turn import LONGEST_TURN_SECONDS, LONGEST_WAIT_SECONDS
from assistant.channels.web.session import LONGEST_SECONDS
from assistant.storage import redis

T = TypeVar("T")
# How long a reply is kept for a client that didn't get it and asks again.
KEPT_SECONDS = 600
# How long another server may take for a turn before it counts as dead: longer than a turn can last.
PENDING_SECONDS = round(LONGEST_WAIT_SECONDS + LONGEST_TURN_SECONDS) + 5
_MOST_KEPT = 5000
# What was claimed: the message's fingerprint, and its reply once there is one.
Kept = dict[str, Any]


class State(Protocol):
    """See the module. ``chat``: a session's id. ``message``: the client's id of a message. ``place``: an address's hash."""

    async def claim(self, chat: str, message: str, fingerprint: str) -> Kept | None:
        """Claim a message to be answered here; return None, or what there is of it if it was claimed before."""

    async def keep(self, chat: str, message: str, fingerprint: str, reply: dict[str, Any]) -> None:
        """Keep a claimed message's reply."""

    async def release(self, chat: str, message: str) -> None:
        """Give a claim back: the message wasn't answered."""

    async def void(self, chat: str, place: str) -> None:
        """Make a chat's tokens worth nothing, and forget its replies."""

    async def is_void(self, chat: str) -> bool:
        """Tell whether a chat was made void."""

    async def open(self, chat: str, place: str, until: int, most: int) -> bool:
        """Count a chat as open until then; return False if the place has ``most`` open chats already."""


class Memory:
    """One process's memory."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str], tuple[float, Kept]] = OrderedDict()
        self._void: OrderedDict[str, float] = OrderedDict()
        self._open: dict[str, dict[str, float]] = {}

    async def claim(self, chat: str, message: str, fingerprint: str) -> Kept | None:
        """See State."""
        now = time.time()
        while self._kept and (len(self._kept) > _MOST_KEPT or next(iter(self._kept.values()))[0] < now):
            self._kept.popitem(last=False)
        found = self._kept.get((chat, message))
        if found:
            return found[1]
        self._kept[chat, message] = (now + KEPT_SECONDS, {"fingerprint": fingerprint})
        return None

    async def keep(self, chat: str, message: str, fingerprint: str, reply: dict[str, Any]) -> None:
        """See State."""
        self._kept[chat, message] = (time.time() + KEPT_SECONDS, {"fingerprint": fingerprint, "reply": reply})

    async def release(self, chat: str, message: str) -> None:
        """See State."""
        self._kept.pop((chat, message), None)

    async def void(self, chat: str, place: str) -> None:
        """See State."""
        now = time.time()
        while self._void and next(iter(self._void.values())) < now:
            self._void.popitem(last=False)
        self._void[chat] = now + LONGEST_SECONDS
        for key in [key for key in self._kept if key[0] == chat]:
            del self._kept[key]
        self._open.get(place, {}).pop(chat, None)
        if not self._open.get(place, True):
            del self._open[place]

    async def is_void(self, chat: str) -> bool:
        """See State."""
        return chat in self._void

    async def open(self, chat: str, place: str, until: int, most: int) -> bool:
        """See State."""
        now = time.time()
        opened = {one: end for one, end in self._open.get(place, {}).items() if end > now}
        if chat not in opened and len(opened) >= most:
            return False
        self._open[place] = {**opened, chat: until}
        if len(self._open) > _MOST_KEPT:
            self._open = {one: chats for one, chats in self._open.items() if max(chats.values()) > now}
        return True


class Shared:
    """The memory of several servers: Redis, and this process's own while Redis is away."""

    def __init__(self, connection: redis.Shared) -> None:
        self._connection = connection
        self._memory = Memory()

    async def claim(self, chat: str, message: str, fingerprint: str) -> Kept | None:
        """See State."""

        async def shared(client: Redis) -> Kept | None:
            key = _reply_key(chat, message)
            if await client.set(key, json.dumps({"fingerprint": fingerprint}), nx=True, ex=PENDING_SECONDS):
                await client.sadd(_chat_key(chat), message)  # what a deletion has to find
                await client.expire(_chat_key(chat), LONGEST_SECONDS)
                return None
            found = await client.get(key)
            return json.loads(found) if found else {"fingerprint": fingerprint}

        return await self._try(shared, lambda: self._memory.claim(chat, message, fingerprint))

    async def keep(self, chat: str, message: str, fingerprint: str, reply: dict[str, Any]) -> None:
        """See State."""
        kept = json.dumps({"fingerprint": fingerprint, "reply": reply})
        await self._try(
            lambda client: client.set(_reply_key(chat, message), kept, ex=KEPT_SECONDS),
            lambda: self._memory.keep(chat, message, fingerprint, reply),
        )

    async def release(self, chat: str, message: str) -> None:
        """See State."""
        await self._memory.release(chat, message)
        await self._try(lambda client: client.delete(_reply_key(chat, message)), _nothing)

    async def void(self, chat: str, place: str) -> None:
        """See State."""

        async def shared(client: Redis) -> None:
            await client.set(_void_key(chat), "1", ex=LONGEST_SECONDS)
            messages = await client.smembers(_chat_key(chat))
            await client.delete(_chat_key(chat), *(_reply_key(chat, message) for message in messages))
            await client.zrem(_place_key(place), chat)

        await self._memory.void(chat, place)  # also what was kept here while Redis was away
        await self._try(shared, _nothing)

    async def is_void(self, chat: str) -> bool:
        """See State."""
        if await self._memory.is_void(chat):
            return True
        return bool(await self._try(lambda client: client.exists(_void_key(chat)), _nothing))

    async def open(self, chat: str, place: str, until: int, most: int) -> bool:
        """See State."""

        async def shared(client: Redis) -> bool:
            key = _place_key(place)
            await client.zremrangebyscore(key, 0, time.time())
            if await client.zscore(key, chat) is None and await client.zcard(key) >= most:
                return False
            await client.zadd(key, {chat: until})
            await client.expire(key, LONGEST_SECONDS)
            return True

        return await self._try(shared, lambda: self._memory.open(chat, place, until, most))

    async def _try(self, shared: Callable[[Redis], Awaitable[T]], own: Callable[[], Awaitable[T]]) -> T:
        try:
            return await self._connection.ask(shared)
        except redis.UnavailableError:
            return await own()


def connect(shared: redis.Shared | None) -> State:
    """Return the state: shared where there is a Redis, else this process's own."""
    return Shared(shared) if shared else Memory()


async def _nothing() -> None:
    return None


def _reply_key(chat: str, message: str) -> str:
    return f"b12:web:reply:{chat}:{message}"


def _chat_key(chat: str) -> str:
    return f"b12:web:chat:{chat}"


def _place_key(place: str) -> str:
    return f"b12:web:open:{place}"


def _void_key(chat: str) -> str:
    return f"b12:web:void:{chat}"
