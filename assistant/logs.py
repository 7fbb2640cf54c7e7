"""Logs without anybody's words, for people or, with ``logs.format: json``, for programs.

Rasa's error lines carry the message, and its structured log prints the local variables of every frame. Here an exception is its
type and where it was raised, and of a structured entry only its name is kept.
"""

import json
import logging
import re
import sys
import traceback
import uuid
from collections.abc import MutableMapping
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

import structlog
from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse

from assistant import settings

_Error = tuple[type[BaseException] | None, BaseException | None, TracebackType | None]
# How many of the innermost frames an exception is shown with.
_FRAMES = 4
# What a line may say beyond its message: figures and names of ours, never what somebody wrote.
_FIELDS = ("channel", "kind", "topics", "urgency", "milliseconds")
# Where asyncio's lines begin to show values: "Exception in callback f('...')", "...\nfuture: <Task exception=...>".
_VALUES = re.compile(r"[\n(<]")
_REQUEST_HEADER = "X-Request-ID"
_REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")

# The request that is being answered.
request_id: ContextVar[str | None] = ContextVar("request_id", default=None)


class WordlessFormatter(logging.Formatter):
    """Formats a record without an exception's message, which may quote what a person wrote."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 (logging's name)
        """Return the line without what ``_said`` leaves out."""
        record.message = _said(record)
        return super().formatMessage(record)

    def formatException(self, ei: _Error) -> str:  # noqa: N802 (logging's name)
        """Return an exception's type and its innermost places."""
        kind, _, trace = ei
        places = " < ".join(
            f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}"
            for frame in reversed(traceback.extract_tb(trace)[-_FRAMES:])
        )
        return f"{kind.__name__ if kind else 'exception'} at {places}"


class JsonFormatter(WordlessFormatter):
    """Formats a record as one line of JSON, with the id of the request that it belongs to."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _said(record),
        }
        if request_id.get():
            line["request"] = request_id.get()
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        line.update({name: record.__dict__[name] for name in _FIELDS if name in record.__dict__})
        return json.dumps(line)


def configure(level: int = logging.WARNING) -> None:
    """Send all logs of ``level`` and above to standard error; the assistant's own from INFO on.

    Raises:
        AssistantError: a setting can't be right.
    """
    form = settings.load().logs.format
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter() if form == "json" else WordlessFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.getLogger("assistant").setLevel(min(level, logging.INFO))
    logging.getLogger("actions").setLevel(min(level, logging.INFO))
    # A line for each turn is for programs; people have the figures.
    logging.getLogger("assistant.turns").setLevel(logging.INFO if form == "json" else logging.WARNING)
    for name in ("rasa", "sanic.root", "sanic.error", "sanic.access", "apscheduler", "matplotlib", "alembic"):
        logging.getLogger(name).handlers[:] = []
        logging.getLogger(name).propagate = True
        logging.getLogger(name).setLevel(level)
    structlog.configure(
        processors=[_name_only],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        # structlog's own looks through the frames for the caller's name, at each debug line that isn't written.
        logger_factory=lambda *_: logging.getLogger("rasa"),
        cache_logger_on_first_use=True,
    )


def identify_requests(app: Sanic) -> None:
    """Give each request an id, the caller's ``X-Request-ID`` or one of our own, in every log line and in the answer's header."""

    async def begin(request: Request) -> None:
        given = request.headers.get(_REQUEST_HEADER, "")
        request_id.set(given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex)

    async def end(request: Request, answer: HTTPResponse) -> None:
        known = request_id.get()
        if known:
            answer.headers[_REQUEST_HEADER] = known

    app.register_middleware(begin, "request")
    app.register_middleware(end, "response")  # type: ignore[arg-type]


def _said(record: logging.LogRecord) -> str:
    """Return a record's message. Of asyncio's own it is the beginning: behind that come values and exceptions in full."""
    said = record.getMessage()
    return _VALUES.split(said, maxsplit=1)[0].strip() if record.name == "asyncio" else said


def _name_only(_: Any, __: str, entry: MutableMapping[str, Any]) -> str:
    problem = entry.get("exc_info")
    if problem is True:
        problem = sys.exc_info()
    kind = problem[0] if isinstance(problem, tuple) else type(problem) if isinstance(problem, BaseException) else None
    return f"{entry.get('event', 'event')}" + (f" ({kind.__name__})" if kind else "")
