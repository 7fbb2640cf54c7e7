"""Logs without anybody's words.

Rasa's error lines carry the message, and its structured log prints the local variables of every frame. Here an exception is its
type and where it was raised, and of a structured entry only its name is kept.
"""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any

import structlog

_Error = tuple[type[BaseException] | None, BaseException | None, TracebackType | None]
# How many of the innermost frames an exception is shown with.
_FRAMES = 4


class WordlessFormatter(logging.Formatter):
    """Formats a record without an exception's message, which may quote what a person wrote."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatException(self, ei: _Error) -> str:  # noqa: N802 (logging's name)
        """Return an exception's type and its innermost places."""
        kind, _, trace = ei
        places = " < ".join(
            f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}"
            for frame in reversed(traceback.extract_tb(trace)[-_FRAMES:])
        )
        return f"{kind.__name__ if kind else 'exception'} at {places}"


def configure(level: int = logging.WARNING) -> None:
    """Send all logs of ``level`` and above to standard error; the assistant's own from INFO on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(WordlessFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.getLogger("assistant").setLevel(min(level, logging.INFO))
    logging.getLogger("actions").setLevel(min(level, logging.INFO))
    for name in ("rasa", "sanic.root", "sanic.error", "sanic.access", "apscheduler", "matplotlib"):
        logging.getLogger(name).handlers[:] = []
        logging.getLogger(name).propagate = True
        logging.getLogger(name).setLevel(level)
    structlog.configure(
        processors=[_name_only],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


def _name_only(_: Any, __: str, entry: MutableMapping[str, Any]) -> str:
    problem = entry.get("exc_info")
    if problem is True:
        problem = sys.exc_info()
    kind = problem[0] if isinstance(problem, tuple) else type(problem) if isinstance(problem, BaseException) else None
    return f"{entry.get('event', 'event')}" + (f" ({kind.__name__})" if kind else "")
