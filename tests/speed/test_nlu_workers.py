"""Processes that understand messages for the server: what they answer, when they are asked, and what happens when they are lost."""

import asyncio
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from assistant import paths
from assistant.speed import nlu_workers
from assistant.speed.nlu_workers import NluWorkers
from tests.services import lives

# So many messages being handled that a worker may be asked all of a test's.
MANY = 20


def understand(text: str, context: Sequence[Any]) -> bytes:
    """Stands for the pipeline; a text may ask for what goes wrong."""
    if text == "break":
        raise ValueError(text)
    if text.startswith("take "):
        time.sleep(float(text.split()[1]))
    if text == "die":
        os._exit(1)
    if text == "files":
        return str(len(list(Path("/proc/self/fd").iterdir()))).encode()
    return f"{os.getpid()} {text} {list(context)}".encode()


@pytest.fixture
async def started() -> AsyncIterator[Callable[[int], NluWorkers]]:
    """Starts workers; the test's end stops them."""
    made: list[NluWorkers] = []

    def start(count: int) -> NluWorkers:
        workers = NluWorkers(understand, count)
        made.append(workers)
        workers.start()
        return workers

    yield start
    for workers in made:
        workers.close()


async def until(true: Callable[[], bool], seconds: float = 5) -> None:
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.01)


def pids() -> list[int]:
    return [each.pid for each in multiprocessing.active_children() if each.pid]


async def test_a_worker_understands_in_a_process_of_its_own(started: Any) -> None:
    workers = started(1)
    pid, words = (await workers.understand("hello", ["folate"], MANY)).decode().split(" ", 1)
    assert int(pid) != os.getpid()
    assert words == "hello ['folate']"


async def test_each_message_gets_its_own_answer_and_all_workers_work(started: Any) -> None:
    workers = started(2)
    answers = await asyncio.gather(*(workers.understand(f"take 0.01 {number}", [], MANY) for number in range(10)))
    assert [answer.decode().split()[3] for answer in answers] == [str(number) for number in range(10)]
    assert len({answer.split()[0] for answer in answers}) == 2


async def test_the_event_loop_goes_on_meanwhile(started: Any) -> None:
    answer = asyncio.create_task(started(1).understand("take 0.2", [], MANY))
    for _ in range(5):
        await asyncio.sleep(0.01)
    assert not answer.done()
    assert await answer


async def test_a_worker_that_has_enough_to_do_is_asked_no_more(started: Any) -> None:
    workers = started(1)
    asked = [asyncio.create_task(workers.understand("take 0.02", [], 8)) for _ in range(7)]
    await asyncio.sleep(0)
    assert await workers.understand("hello", [], 8) is None
    assert all(await asyncio.gather(*asked))


async def test_what_a_worker_cannot_understand_the_caller_does_itself(started: Any) -> None:
    workers = started(1)
    assert await workers.understand("break", [], MANY) is None
    assert await workers.understand("hello", [], MANY)


async def test_nobody_waits_for_a_worker_that_died_and_another_takes_its_place(started: Any, monkeypatch) -> None:
    monkeypatch.setattr(nlu_workers, "FIRST_WAIT_SECONDS", 0.5)
    workers = started(1)
    before = pids()
    assert await asyncio.gather(*(workers.understand(text, [], MANY) for text in ("die", "hello"))) == [None, None]
    assert await workers.understand("hello", [], MANY) is None
    await until(lambda: pids() not in ([], before))
    assert await workers.understand("hello", [], MANY)


async def test_nobody_waits_for_a_worker_that_hangs(started: Any, monkeypatch) -> None:
    monkeypatch.setattr(nlu_workers, "LONGEST_SECONDS", 0.1)
    workers = started(1)
    (pid,) = pids()
    os.kill(pid, signal.SIGSTOP)
    assert await workers.understand("hello", [], MANY) is None
    await until(lambda: not lives(pid))


async def test_who_is_cancelled_disturbs_no_other(started: Any) -> None:
    workers = started(1)
    first, second = (
        asyncio.create_task(workers.understand(f"take 0.02 {name}", [], MANY)) for name in ("first", "second")
    )
    await asyncio.sleep(0)
    first.cancel()
    assert b"second" in await second


async def test_workers_answer_what_they_were_asked_before_they_go(started: Any) -> None:
    workers = started(1)
    asked = asyncio.create_task(workers.understand("take 0.05", [], MANY))
    await asyncio.sleep(0)
    workers.close()
    assert await asked
    await until(lambda: not pids())


async def test_a_worker_keeps_none_of_the_servers_files_open(started: Any, tmp_path) -> None:
    with (tmp_path / "open.txt").open("w"):
        files = await started(1).understand("files", [], MANY)
    # Input, output, errors, the connection, and the folder that is being listed.
    assert int(files) == 5


def serve() -> None:
    """Stands for a server: starts two workers, tells their process ids, and waits to be killed."""

    async def forever() -> None:
        NluWorkers(understand, 2).start()
        print(*pids(), flush=True)
        await asyncio.sleep(60)

    asyncio.run(forever())


async def test_workers_end_with_the_server_however_that_ends() -> None:
    here = Path(__file__)
    code = f"from {here.stem} import serve; serve()"
    server = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        code,
        stdout=asyncio.subprocess.PIPE,
        cwd=here.parent,
        env={**os.environ, "PYTHONPATH": str(paths.ROOT)},
    )
    assert server.stdout
    workers = [int(pid) for pid in (await server.stdout.readline()).split()]
    assert [lives(pid) for pid in workers] == [True, True]
    server.kill()
    await server.wait()
    await until(lambda: not any(lives(pid) for pid in workers))


def test_a_core_is_left_for_the_servers_own_process(monkeypatch) -> None:
    for cores, workers in ((1, 0), (2, 1), (3, 2), (64, 2)):
        monkeypatch.setattr(os, "sched_getaffinity", lambda _, cores=cores: set(range(cores)))
        assert nlu_workers.fitting_count() == workers
