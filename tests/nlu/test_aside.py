"""A plain function has work done in a thread and waits for it as a coroutine does."""

import asyncio
import threading

import pytest

from assistant.nlu import aside


def waits_for(event: threading.Event) -> str:
    return "in time" if aside.done(event.wait, 5) else "too late"


async def test_the_event_loop_goes_on_while_a_plain_function_waits() -> None:
    event = threading.Event()
    waiting = asyncio.create_task(aside.run(waits_for, event))
    await asyncio.sleep(0)
    event.set()  # a loop that stands still never gets here
    assert await waiting == "in time"


def test_elsewhere_it_is_done_at_once() -> None:
    thread = aside.done(threading.current_thread)
    assert thread is threading.current_thread()


async def test_an_error_is_raised_where_the_work_is_waited_for() -> None:
    def function() -> str:
        try:
            aside.done(int, "no number")
        except ValueError:
            return "raised"
        return "not raised"

    assert await aside.run(function) == "raised"


async def test_who_is_cancelled_waits_no_longer() -> None:
    event = threading.Event()
    waiting = asyncio.create_task(aside.run(waits_for, event))
    await asyncio.sleep(0.01)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    event.set()
