"""Work that needs no Python, in a thread: other turns go on meanwhile.

Rasa's components are plain functions, which can't await. Run by ``run``, such a function waits as a coroutine does: in a greenlet, as
SQLAlchemy's asyncio support does it.
"""

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, TypeVar

import greenlet
from sqlalchemy.util.concurrency import await_only, greenlet_spawn

Result = TypeVar("Result")
# What ``run`` runs at present.
_running: set[greenlet.greenlet] = set()


async def run(function: Callable[..., Result], *arguments: Any) -> Result:
    """Return what a plain function returns; the event loop goes on while it waits for what it has ``done``."""
    return await greenlet_spawn(_noted, function, *arguments)  # type: ignore[no-any-return]


def done(work: Callable[..., Result], *arguments: Any) -> Result:
    """Return the result of work that leaves Python alone, as ONNX Runtime does: within ``run`` made in a thread, elsewhere at once."""
    if greenlet.getcurrent() not in _running:
        return work(*arguments)
    return await_only(asyncio.wrap_future(_threads().submit(work, *arguments)))  # type: ignore[no-any-return]


def _noted(function: Callable[..., Result], *arguments: Any) -> Result:
    here = greenlet.getcurrent()
    _running.add(here)
    try:
        return function(*arguments)
    finally:
        _running.discard(here)


@cache
def _threads() -> ThreadPoolExecutor:
    """Return the threads; one core is left for Python."""
    return ThreadPoolExecutor(max((os.cpu_count() or 1) - 1, 1), thread_name_prefix="encoder")
