"""One turn of a conversation at a time, in the order in which the messages came.

Rasa's lock stores look once a second whether it is their turn. Here the one before wakes the next: in a process by asyncio's own
fair lock, between processes by a list of tickets in Redis. A process that dies holding the first ticket is passed over after
``LEASE_SECONDS``.
"""

import asyncio
import contextlib
import logging
import uuid
from collections.abc import AsyncIterator
from contextvars import Context
from typing import Any
from weakref import WeakValueDictionary

from rasa.core.lock import TicketLock
from rasa.core.lock_store import LockError, LockStore
from redis.exceptions import RedisError

from assistant.channels.turn import LONGEST_TURN_SECONDS, LONGEST_WAIT_SECONDS, deadline
from assistant.storage import redis
from assistant.storage.keys import Keys
from assistant.storage.redis import Shared, UnavailableError

logger = logging.getLogger(__name__)

# A turn is given up before its lease ends, so nobody is passed over who still works.
LEASE_SECONDS = LONGEST_TURN_SECONDS + 2
# A process that doesn't take its turn within this has died.
_WAKE_SECONDS = 2.0
# How often those who wait look by themselves, in case nobody wakes them.
_LOOK_SECONDS = 1.0

# KEYS: the tickets in order, the lease of the first. ARGV: ticket, lease in ms, ms for the next to wake.
_ENTER = """
redis.call('RPUSH', KEYS[1], ARGV[1])
redis.call('PEXPIRE', KEYS[1], 3600000)
if redis.call('LINDEX', KEYS[1], 0) == ARGV[1] then
  redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
  return 1
end
return 0
"""
# 1: it is our turn. 0: it isn't yet. -1: we were passed over.
_CLAIM = """
local first = redis.call('LINDEX', KEYS[1], 0)
if first and first ~= ARGV[1] and redis.call('EXISTS', KEYS[2]) == 0 then
  redis.call('LPOP', KEYS[1])
  first = redis.call('LINDEX', KEYS[1], 0)
  if first and first ~= ARGV[1] then
    redis.call('SET', KEYS[2], first, 'PX', ARGV[3])
    redis.call('PUBLISH', string.match(first, '^[^/]+'), first)
  end
end
if first == ARGV[1] then
  redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
  return 1
end
for _, ticket in ipairs(redis.call('LRANGE', KEYS[1], 0, -1)) do
  if ticket == ARGV[1] then return 0 end
end
return -1
"""
_LEAVE = """
if redis.call('LINDEX', KEYS[1], 0) ~= ARGV[1] then
  redis.call('LREM', KEYS[1], 0, ARGV[1])
  return 0
end
redis.call('LPOP', KEYS[1])
local first = redis.call('LINDEX', KEYS[1], 0)
if first then
  redis.call('SET', KEYS[2], first, 'PX', ARGV[3])
  redis.call('PUBLISH', string.match(first, '^[^/]+'), first)
else
  redis.call('DEL', KEYS[2])
end
return 0
"""


class ConversationLocks(LockStore):
    """The lock store; named in endpoints.yml. Shared by all processes where ``REDIS_URL`` is set."""

    def __init__(self, endpoint_config: Any = None, shared: Shared | None = None, keys: Keys | None = None) -> None:
        """Make the lock store.

        Args:
            endpoint_config: Rasa's, not used.
            shared: the connection to Redis, by default what ``REDIS_URL`` names.
            keys: for the hashes of the conversations' ids.
        """
        super().__init__()
        self._shared = shared or redis.opened()
        self._keys = keys or Keys()
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._doors: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._process = f"b12:wake:{uuid.uuid4().hex}"
        self._tickets: dict[str, _Ticket] = {}
        self._leaving: set[asyncio.Task[None]] = set()
        self._listener: asyncio.Task[None] | None = None

    @contextlib.asynccontextmanager
    async def lock(  # type: ignore[override]
        self, conversation_id: str, lock_lifetime: float = LONGEST_WAIT_SECONDS, wait_time_in_seconds: float = 1
    ) -> AsyncIterator[TicketLock]:
        """Wait until all earlier messages of the conversation have been answered, and let no later one in.

        Raises:
            LockError: it was not our turn within ``lock_lifetime``.
        """
        _give(lock_lifetime + LONGEST_TURN_SECONDS)
        async with contextlib.AsyncExitStack() as held:
            try:
                async with asyncio.timeout(lock_lifetime):
                    ticket = await self._take_ticket(held, conversation_id)
                    # The order in this process, whatever Redis does; and only the first in it waits for its turn among all.
                    await held.enter_async_context(self._locks.setdefault(conversation_id, asyncio.Lock()))
                    if ticket:
                        await ticket.wait()
            except TimeoutError:
                raise LockError("an earlier turn of the conversation did not end") from None
            _give(LONGEST_TURN_SECONDS)
            yield TicketLock(conversation_id)

    async def _take_ticket(self, held: contextlib.AsyncExitStack, conversation: str) -> "_Ticket | None":
        """Queue among all processes. None where there is no Redis, or it is away."""
        if not self._shared:
            return None
        self._listen(self._shared)
        ticket = _Ticket(self._shared, self._process, self._keys.hashed("lock", conversation))
        self._tickets[ticket.name] = ticket
        held.callback(self._tickets.pop, ticket.name, None)
        held.push_async_callback(self._leave, ticket)
        try:
            async with self._doors.setdefault(conversation, asyncio.Lock()):  # two connections could change the order
                await ticket.enter()
        except UnavailableError:
            return None
        return ticket

    async def _leave(self, ticket: "_Ticket") -> None:
        """Let the next one in, also when we were cancelled, and when Redis is away: then once it is back."""
        try:
            await asyncio.shield(ticket.leave())
        except UnavailableError:
            later = asyncio.get_running_loop().create_task(ticket.leave_later())
            self._leaving.add(later)
            later.add_done_callback(self._leaving.discard)

    def _listen(self, shared: Shared) -> None:
        if self._listener is None or self._listener.done():
            self._listener = asyncio.get_running_loop().create_task(self._wake_sleepers(shared), context=Context())

    async def _wake_sleepers(self, shared: Shared) -> None:
        """Pass on who was woken. Those who miss it look by themselves after a second."""
        async with shared.client.pubsub() as heard:
            try:
                await heard.subscribe(self._process)
                while True:
                    message = await heard.get_message(ignore_subscribe_messages=True, timeout=_LOOK_SECONDS)
                    ticket = self._tickets.get(message["data"]) if message else None
                    if ticket:
                        ticket.woken.set()
            except (RedisError, OSError) as error:
                shared.away(error)


def _give(seconds: float) -> None:
    """Let the present turn go on for so long."""
    until = deadline.get()
    if until and not until.expired():
        until.reschedule(asyncio.get_running_loop().time() + seconds)


class _Ticket:
    """A place in the queue of one conversation, among all processes."""

    def __init__(self, shared: Shared, process: str, conversation: str) -> None:
        self.name = f"{process}/{uuid.uuid4().hex}"
        self.woken = asyncio.Event()
        self._shared = shared
        self._keys = (f"b12:turns:{{{conversation}}}", f"b12:lease:{{{conversation}}}")
        self._first = False

    async def enter(self) -> None:
        self._first = await self._run(_ENTER) == 1

    async def wait(self) -> None:
        """Wait until it is our turn; not any longer where Redis is away."""
        with contextlib.suppress(UnavailableError):
            while not self._first:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self.woken.wait(), _LOOK_SECONDS)
                self.woken.clear()
                turn = await self._run(_CLAIM)
                self._first = turn == 1
                if turn == -1:
                    await self.enter()

    async def leave(self) -> None:
        await self._run(_LEAVE)

    async def leave_later(self) -> None:
        """Leave once Redis is back, as long as our lease might hold up the others."""
        for _ in range(int(LEASE_SECONDS)):
            await asyncio.sleep(1)
            with contextlib.suppress(UnavailableError):
                await self.leave()
                return

    async def _run(self, script: str) -> int:
        arguments = (self.name, int(LEASE_SECONDS * 1000), int(_WAKE_SECONDS * 1000))
        return int(await self._shared.ask(lambda client: client.eval(script, 2, *self._keys, *arguments)))
