"""Processes that understand messages beside the server's own, so that a second core shares its turns.

Understanding is two thirds of a turn and needs nothing of the conversation but two slots; all else stays in the server's process, with
the database, the locks and the limits. The processes are forked once everything is loaded: they are there at once, understand by the same
model and the same rules, whatever becomes of the files, and share the memory.
"""

import asyncio
import gc
import logging
import multiprocessing
import os
import pickle
import signal
import sys
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from assistant import metrics

logger = logging.getLogger(__name__)

# Understands a text in the context of some slots' values.
Understand = Callable[[str, Sequence[Any]], bytes]
# More wouldn't help: the rest of a turn takes half as long as understanding it, and one process does that for all.
MOST = 2
# A worker has at most this share of the messages that are being handled, the one that it works on among them; what comes then the server
# understands itself. With less it would do so while workers have nothing to do, with more it would wait for them.
SHARE = 0.9
# A worker that takes longer is taken for dead.
LONGEST_SECONDS = 1.0
_STANDARD_ERROR = 2
# Until a lost worker is replaced; twice as long each time.
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 1.0, 60.0


def fitting_count() -> int:
    """Return how many workers fit this machine: a core is left for the server's own process."""
    if sys.platform != "linux":  # macOS's own libraries don't take a fork
        return 0
    return min(len(os.sched_getaffinity(0)) - 1, MOST)


@dataclass(eq=False)
class _Worker:
    process: BaseProcess
    connection: Connection
    asked: "deque[asyncio.Future[bytes | None]]" = field(default_factory=deque)


class NluWorkers:
    """Some worker processes. All methods are called in the event loop's thread.

    Attributes:
        count: how many there are to be.
    """

    def __init__(self, understand: Understand, count: int) -> None:
        """Make it; ``start`` forks the processes.

        Args:
            understand: what a worker calls.
            count: how many processes.
        """
        self.count = count
        self._understand = understand
        self._workers: list[_Worker] = []
        self._closing = False
        self._wait = FIRST_WAIT_SECONDS

    def start(self) -> None:
        """Fork the processes that are missing."""
        while not self._closing and len(self._workers) < self.count:
            self._workers.append(self._fork())
        metrics.NLU_WORKERS.set(len(self._workers))

    async def understand(self, text: str, context: Sequence[Any], handled: int) -> bytes | None:
        """Return what a worker understands.

        Args:
            text: the message.
            context: the values of the slots that matter.
            handled: how many messages are being handled, this one among them.

        Returns:
            What the function that workers call returned; None where each has enough to do, or the one that was asked failed. Then the
            caller must understand the message itself.
        """
        worker = min(self._workers, key=lambda one: len(one.asked), default=None)
        if worker is None or len(worker.asked) >= round(SHARE * handled):
            return None
        answer: asyncio.Future[bytes | None] = asyncio.get_running_loop().create_future()
        worker.asked.append(answer)
        try:
            worker.connection.send_bytes(pickle.dumps((text, context)))
            async with asyncio.timeout(LONGEST_SECONDS):
                return await answer
        except (OSError, TimeoutError) as error:
            self._lose(worker, type(error).__name__)
            return None

    def close(self) -> None:
        """Let the workers go, each as soon as it has answered what it was asked."""
        self._closing = True
        for worker in self._workers:
            if not worker.asked:
                self._let_go(worker)

    def _fork(self) -> _Worker:
        ours, theirs = multiprocessing.Pipe()
        process = multiprocessing.get_context("fork").Process(
            target=_work, args=(self._understand, theirs), name="nlu-worker", daemon=True
        )
        process.start()
        theirs.close()
        worker = _Worker(process, ours)
        asyncio.get_running_loop().add_reader(ours.fileno(), self._answered, worker)
        return worker

    def _answered(self, worker: _Worker) -> None:
        try:
            answer = worker.connection.recv_bytes()
        except (EOFError, OSError) as error:
            self._lose(worker, type(error).__name__)
            return
        self._wait = FIRST_WAIT_SECONDS
        waiting = worker.asked.popleft()
        if not waiting.done():
            waiting.set_result(answer or None)
        if self._closing and not worker.asked:
            self._let_go(worker)

    def _lose(self, worker: _Worker, reason: str) -> None:
        """Go on without a worker, and replace it in a while."""
        if worker not in self._workers:
            return
        logger.warning("a process that understands messages was lost (%s); the server goes on without it", reason)
        self._let_go(worker)
        if not self._closing:
            asyncio.get_running_loop().call_later(self._wait, self.start)
            self._wait = min(self._wait * 2, LONGEST_WAIT_SECONDS)

    def _let_go(self, worker: _Worker) -> None:
        self._workers = [one for one in self._workers if one is not worker]
        asyncio.get_running_loop().remove_reader(worker.connection.fileno())
        worker.connection.close()
        worker.process.kill()
        for waiting in worker.asked:
            if not waiting.done():
                waiting.set_result(None)
        metrics.NLU_WORKERS.set(len(self._workers))


def _work(understand: Understand, connection: Connection) -> None:
    """Understand one message after the other until the server is gone. This is all that a worker does."""
    # Ctrl-C reaches every process of a terminal; the server ends its workers itself.
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    # Of the server's files and connections this process must keep none open, else nobody would see that the server closed them.
    for number in [int(each.name) for each in Path("/dev/fd").iterdir()]:
        if number > _STANDARD_ERROR and number != connection.fileno():
            with suppress(OSError):
                os.close(number)
    # What was loaded before the fork is shared as long as nobody writes to it, and the collector does.
    gc.freeze()
    with suppress(EOFError, OSError):
        while True:
            text, context = pickle.loads(connection.recv_bytes())  # noqa: S301 (the server's own)
            connection.send_bytes(_understood(understand, text, context))
    # Nothing of the server's own end is done a second time.
    os._exit(0)


def _understood(understand: Understand, text: str, context: Sequence[Any]) -> bytes:
    """Return what is understood, or nothing: then the server tries it itself, and tells of the error."""
    try:
        return understand(text, context)
    except Exception:
        return b""
