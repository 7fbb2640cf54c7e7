"""How much one chat and one address may ask. Counted in memory, or in Redis where ``REDIS_URL`` is set."""

import asyncio
import math
import time
from typing import Any

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import MovingWindowRateLimiter
from redis.exceptions import RedisError

from assistant import reply as replies
from assistant.channels.refusal import RequestError
from assistant.settings import Limits
from assistant.storage import redis


class Limiter:
    """Counts messages and new chats. While Redis is away this process counts for itself."""

    def __init__(self, limits: Limits, shared: redis.Shared | None = None, url: str | None = None) -> None:
        """Make it.

        Args:
            limits: the settings.
            shared: tells whether Redis answers, where several servers share the counters.
            url: where that Redis is.
        """
        self._memory = MovingWindowRateLimiter(MemoryStorage())
        self._shared, self._redis = shared, None
        if shared and url:
            wait: Any = {"socket_timeout": redis.LONGEST_SECONDS, "socket_connect_timeout": redis.LONGEST_SECONDS}
            self._redis = MovingWindowRateLimiter(RedisStorage(url, key_prefix="b12:limits", **wait))
        self._chat = RateLimitItemPerMinute(limits.messages_per_minute)
        self._address = RateLimitItemPerMinute(limits.messages_per_minute_by_address)
        self._new = RateLimitItemPerMinute(limits.new_chats_per_minute_by_address)

    async def message(self, chat: str, place: str) -> None:
        """Count a message. Raises RequestError (429) when there are too many."""
        await self._count(self._chat, "message", chat, "You sent many messages in a short time.")
        await self._count(self._address, "address", place, "Many messages came from your network in a short time.")

    async def new_chat(self, place: str) -> None:
        """Count a new chat. Raises RequestError (429) when there are too many."""
        await self._count(self._new, "new", place, "Many chats were opened from your network in a short time.")

    async def _count(self, item: RateLimitItem, kind: str, who: str, words: str) -> None:
        wait = await self._hit(item, kind, who)
        if wait is not None:
            raise too_many(words, wait)

    async def _hit(self, item: RateLimitItem, kind: str, who: str) -> int | None:
        """Count one; return None if it is allowed, else the seconds to wait."""
        if self._redis and self._shared and self._shared.status == "ok":
            try:
                return await asyncio.to_thread(_hit, self._redis, item, kind, who)
            except RedisError as error:
                self._shared.away(error)
        return _hit(self._memory, item, kind, who)


def emergency_pointer() -> str:
    """Return what a refusal says to whoever can't wait."""
    return f"In an emergency, call {replies.texts().contacts['emergency'][0].number}."


def too_many(words: str, seconds: int) -> RequestError:
    """Return the refusal of what comes too often. It names the emergency number, for whoever is kept waiting."""
    return RequestError(
        "too_many",
        f"{words} Please wait {seconds} seconds, then try again. {emergency_pointer()}",
        429,
        {"Retry-After": str(seconds)},
    )


def _hit(limiter: MovingWindowRateLimiter, item: RateLimitItem, kind: str, who: str) -> int | None:
    if limiter.hit(item, kind, who):
        return None
    return max(1, math.ceil(limiter.get_window_stats(item, kind, who).reset_time - time.time()))
