"""Redis, where ``REDIS_URL`` names one: what several processes share for a moment. Without it a process keeps that for itself.

Nothing that matters is lost with Redis, so the assistant goes on without it; it is tried again every second.
"""

import asyncio
import contextlib
import logging
import os
from collections.abc import Awaitable, Callable, Mapping
from contextvars import Context
from functools import lru_cache
from typing import Literal, TypeVar

from redis.asyncio import BlockingConnectionPool, Redis
from redis.exceptions import RedisError

from assistant import metrics
from assistant.errors import AssistantError

logger = logging.getLogger(__name__)

T = TypeVar("T")

# How long one command may take. Redis answers in a millisecond or not at all, but a busy process may be slow to hear it.
LONGEST_SECONDS = 1.0
_RETRY_SECONDS = 1.0
_CONNECTIONS = 32


class UnavailableError(Exception):
    """Redis didn't answer in time, or there is none."""


class Shared:
    """One process's connection to Redis."""

    def __init__(self, url: str) -> None:
        """Make the connection; it is opened when it is first used.

        Args:
            url: where Redis is: redis://[:password@]host:6379/0, rediss:// for TLS.

        Raises:
            AssistantError: it isn't such an address.
        """
        try:
            pool = BlockingConnectionPool.from_url(
                url,
                max_connections=_CONNECTIONS,
                timeout=LONGEST_SECONDS,
                socket_timeout=LONGEST_SECONDS,
                socket_connect_timeout=LONGEST_SECONDS,
                decode_responses=True,
            )
        except (ValueError, TypeError):
            raise AssistantError(
                "REDIS_URL is not the address of a Redis server. Write redis://host:6379/0, or rediss:// for TLS."
            ) from None
        self.client: Redis = Redis(connection_pool=pool)
        self.status: Literal["ok", "degraded"] = "ok"
        self._probing: asyncio.Task[None] | None = None
        self._closed = False

    async def ask(self, command: Callable[[Redis], Awaitable[T]]) -> T:
        """Run a command.

        Raises:
            UnavailableError: Redis did not answer in time, or hasn't since it failed.
        """
        if self.status != "ok":
            raise UnavailableError
        try:
            return await command(self.client)
        except (RedisError, OSError, TimeoutError) as error:
            self.away(error)
            raise UnavailableError from None

    def away(self, error: BaseException) -> None:
        """Note that Redis didn't answer, and ask it every second until it does."""
        if self._closed:
            return
        if self._probing is None or self._probing.done():
            # Not in the context of the request that happened to meet it.
            self._probing = asyncio.get_running_loop().create_task(self._probe(), context=Context())
        if self.status == "ok":
            self.status = "degraded"
            metrics.DEGRADED.labels("redis").set(1)
            logger.error("Redis does not answer (%s): each process goes on by itself", type(error).__name__)

    async def _probe(self) -> None:
        while True:
            await asyncio.sleep(_RETRY_SECONDS)
            with contextlib.suppress(RedisError, OSError, TimeoutError):
                await self.client.ping()
                break
        self.status = "ok"
        metrics.DEGRADED.labels("redis").set(0)
        logger.warning("Redis answers again")

    async def watch(self) -> None:
        """Ask Redis every second, so that ``status`` is true also while nobody writes."""
        while True:
            with contextlib.suppress(UnavailableError):
                await self.ask(lambda client: client.ping())
            await asyncio.sleep(_RETRY_SECONDS)

    async def close(self) -> None:
        """Close the connections."""
        self._closed = True
        if self._probing:
            self._probing.cancel()
        await self.client.close()
        await self.client.connection_pool.disconnect()


def url(environment: Mapping[str, str] = os.environ) -> str | None:
    """Return ``REDIS_URL``; None where it isn't set."""
    return environment.get("REDIS_URL", "").strip() or None


@lru_cache(maxsize=1)
def opened() -> Shared | None:
    """Return this process's connection to Redis; None where ``REDIS_URL`` isn't set. Raises AssistantError when it is no address."""
    address = url()
    return Shared(address) if address else None
