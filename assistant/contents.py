"""What is read once from the data files, kept together: a server that takes over new data changes all of it in one step.

A turn that has begun goes on with what it began with, so that it never meets a card that isn't there any more.
"""

import contextlib
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Contents:
    """One version of what is read from the data files, by the function that reads it and its arguments."""

    def __init__(self) -> None:
        self.read: dict[Any, Any] = {}

    def put(self, function: Callable[[], T], made: T) -> None:
        """Say what a function of ``once`` returns in this version, instead of letting it read."""
        self.read[_key(function.__wrapped__, (), {})] = made  # type: ignore[attr-defined]


def _key(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    return function, args, tuple(kwargs.items())


_served = Contents()
_used: ContextVar[Contents | None] = ContextVar("contents", default=None)


def once(read: Callable[P, T]) -> Callable[P, T]:
    """Make a function that reads or makes something of the data files do so once for each version of them.

    Args:
        read: the function; its arguments must be hashable and few, since what it returns is kept.
    """

    @wraps(read)
    def kept(*args: P.args, **kwargs: P.kwargs) -> T:
        contents = _used.get() or _served
        key = _key(read, args, kwargs)
        if key not in contents.read:
            contents.read[key] = read(*args, **kwargs)
        return contents.read[key]

    return kept


@contextlib.contextmanager
def held(contents: Contents | None = None) -> Iterator[None]:
    """Use one version, whatever is served meanwhile.

    Args:
        contents: the version, by default the one that is served at the beginning.
    """
    token = _used.set(contents or _served)
    try:
        yield
    finally:
        _used.reset(token)


def serve(contents: Contents) -> None:
    """Use a version from now on, except where another one is held."""
    global _served
    _served = contents
