"""Access to the database that nobody waits for longer than a moment, whatever state the database is in.

One thread writes, in the order in which writes were asked for and as many in one transaction as are waiting; a few threads read.
Who asks waits for a bounded time. A write that has not been made by then waits on, up to a bounded number of them, until the
database is back.
"""

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal, TypeVar

from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnectionError

from assistant import metrics
from assistant.storage import database

logger = logging.getLogger(__name__)

T = TypeVar("T")
Status = Literal["starting", "ok", "degraded"]

# How long a turn waits for a read, and for a write.
LONGEST_SECONDS = 0.5
# How long somebody waits who asked for something to be deleted.
LONGEST_DELETION_SECONDS = 10.0
# Writes that may wait for the database, some 1 kB each.
MOST_WAITING = 10_000
_MOST_TOGETHER = 200
_READERS = 4
_RETRY_SECONDS = 1.0


class UnavailableError(Exception):
    """The database didn't answer in time."""


@dataclass(eq=False)
class _Write:
    """Something to write. ``conversation``: the hash that the write is about, where it is about one."""

    run: Callable[[Connection], Any]
    conversation: str | None
    must: bool
    after: Callable[[Engine], None] | None = None
    made: "Future[None]" = field(default_factory=Future)


class Access:
    """The one access of a process to the database.

    Attributes:
        engine: the engine.
    """

    def __init__(self, engine: Engine, *, longest: float = LONGEST_SECONDS, most_waiting: int = MOST_WAITING) -> None:
        """Make an access; ``start`` begins to use the database.

        Args:
            engine: the database's engine.
            longest: seconds that a turn waits for one read or write.
            most_waiting: writes that may wait for the database to come back.
        """
        self.engine = engine
        self._longest, self._most_waiting = longest, most_waiting
        self._status: Status = "starting"
        self._waiting: deque[_Write] = deque()
        self._changed = threading.Condition()
        self._closing = False
        self._settled = threading.Event()
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="database-read")
        self._writer = threading.Thread(target=self._work, name="database-write", daemon=True)

    @property
    def status(self) -> Status:
        """Whether the database is used; never waits for it."""
        return self._status

    @property
    def waiting(self) -> int:
        """How many writes wait."""
        return len(self._waiting)

    def start(self, wait: float = 5.0) -> None:
        """Connect and bring the tables up to date; go on without the database if that takes longer than ``wait`` seconds."""
        self._writer.start()
        self._settled.wait(wait)
        if self._status != "ok":
            self._degrade("no connection")

    def close(self, wait: float = 5.0) -> None:
        """Make the writes that wait, as far as the database lets us within ``wait`` seconds, and stop."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        if self._writer.is_alive():
            self._writer.join(wait)
        if self._waiting:
            logger.error("%d writes could not be made before the end", len(self._waiting))
        self._readers.shutdown(wait=False, cancel_futures=True)
        self.engine.dispose()

    async def read(self, query: Callable[[Connection], T]) -> T:
        """Run a query in a thread.

        Raises:
            UnavailableError: the database is known to be away, or did not answer in time.
        """
        if self._status != "ok":
            raise UnavailableError
        future = self._readers.submit(self._read, query)
        try:
            return await asyncio.wait_for(asyncio.wrap_future(future), self._longest)
        except TimeoutError:
            self._degrade("a read took too long")
        except (SQLAlchemyError, OSError) as error:
            self._degrade(type(error).__name__)
        raise UnavailableError

    def write(self, run: Callable[[Connection], Any], conversation: str | None = None) -> "Future[None]":
        """Have something written after all that was asked for before.

        Args:
            run: makes the write; it may be called again, so twice must do the same as once.
            conversation: the hash of the conversation that it is about, if it is about one.

        Returns:
            A future that is done once the write has been made, or given up because it can't be made or too many wait.
        """
        return self._add(_Write(run, conversation, must=False))

    async def made(self, write: "Future[None]") -> None:
        """Wait a moment for a write. Where the database is away it waits on without us."""
        if self._status != "ok":
            return
        done, _ = await asyncio.wait([asyncio.wrap_future(write)], timeout=self._longest)
        if not done:
            self._degrade("a write took too long")

    async def delete(
        self,
        run: Callable[[Connection], Any],
        after: Callable[[Engine], None],
        conversation: str | None = None,
        longest: float = LONGEST_DELETION_SECONDS,
    ) -> None:
        """Delete something after all earlier writes have been made. If that fails now, it is tried again until it is done.

        Args:
            run: deletes it.
            after: removes what the deletion left in the database's files.
            conversation: the hash of the conversation. Its writes that still wait are dropped.
            longest: seconds to wait.

        Raises:
            UnavailableError: it has not been done in time.
        """
        with self._changed:
            for write in self._waiting:
                if conversation is not None and write.conversation == conversation and not write.must:
                    write.run = _nothing
        made = self._add(_Write(run, conversation, must=True, after=after))
        done, _ = await asyncio.wait([asyncio.wrap_future(made)], timeout=longest)
        if not done or made.exception() is not None:
            raise UnavailableError

    def _add(self, write: _Write) -> "Future[None]":
        with self._changed:
            if self._closing or (len(self._waiting) >= self._most_waiting and not write.must):
                metrics.WRITES_DROPPED.inc()
                write.made.set_exception(UnavailableError())
            else:
                self._waiting.append(write)
                self._changed.notify_all()
        return write.made

    def _read(self, query: Callable[[Connection], T]) -> T:
        with self.engine.connect() as connection:
            return query(connection)

    def _work(self) -> None:
        """Write, for as long as the process lives."""
        prepared = False
        while True:
            try:
                if not prepared:
                    database.migrate(self.engine)
                    prepared = True
                elif self._status != "ok":
                    self._read(lambda connection: connection.exec_driver_sql("SELECT 1"))
                self._write_what_waits()
                self._recover()
                self._settled.set()
            except Exception as error:  # whatever is wrong with the database, the thread must live
                self._degrade(type(error).__name__)
                self._settled.set()
            with self._changed:
                if self._closing and (not self._waiting or self._status != "ok"):
                    return
                if self._status != "ok":
                    self._changed.wait_for(lambda: self._closing, _RETRY_SECONDS)
                elif not self._waiting:
                    self._changed.wait(_RETRY_SECONDS)

    def _write_what_waits(self) -> None:
        while self._waiting:
            together = [self._waiting[index] for index in range(min(len(self._waiting), _MOST_TOGETHER))]
            try:
                self._commit(together)
            except SQLAlchemyError as error:
                if _is_outage(error):
                    raise
                for write in together:
                    self._commit_alone(write)
            for write in together:
                self._waiting.popleft()
                if not write.made.done():
                    write.made.set_result(None)

    def _commit(self, together: list[_Write]) -> None:
        with self.engine.begin() as connection:
            for write in together:
                write.run(connection)
        for after in {write.after for write in together if write.after}:
            after(self.engine)

    def _commit_alone(self, write: _Write) -> None:
        """Make one of several writes of which at least one can't be made; that one is given up."""
        try:
            self._commit([write])
        except SQLAlchemyError as error:
            if _is_outage(error):
                raise
            logger.error("a write was given up: %s", type(error).__name__)
            metrics.WRITES_DROPPED.inc()
            if not write.made.done():
                write.made.set_exception(error)

    def _degrade(self, reason: str) -> None:
        if self._status != "degraded":
            self._status = "degraded"
            metrics.DEGRADED.labels("database").set(1)
            logger.error(
                "the database %s does not answer (%s): conversations go on in memory",
                database.shown(self.engine.url),
                reason,
            )

    def _recover(self) -> None:
        if self._status == "degraded":
            logger.warning("the database answers again; %d writes waited", len(self._waiting))
        self._status = "ok"
        metrics.DEGRADED.labels("database").set(0)


def _is_outage(error: SQLAlchemyError) -> bool:
    """Whether the database is at fault, and not what was to be written."""
    return isinstance(error, OperationalError | InterfaceError | NoConnectionError) or bool(
        getattr(error, "connection_invalidated", False)
    )


def _nothing(connection: Connection) -> None:
    """Take the place of a write whose conversation is to be deleted."""


@lru_cache(maxsize=1)
def opened() -> Access:
    """Return this process's access to the database that ``DATABASE_URL`` names; the first call connects."""
    access = Access(database.create_engine())
    access.start()
    return access


def close() -> None:
    """Make the writes that wait and close this process's access, if it was opened."""
    if opened.cache_info().currsize:
        opened().close()
        opened.cache_clear()
