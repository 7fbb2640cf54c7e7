"""Server-sent events: a slow turn says that it is being worked on."""

import asyncio
import contextlib
import json
import logging
from typing import Any

from sanic.request import Request
from sanic.response import HTTPResponse

from assistant.channels.refusal import RequestError

logger = logging.getLogger(__name__)

FAILED = RequestError("failed", "Something went wrong on the server. Try again in a moment.", 500)
# A turn takes some 20 ms; nobody needs to be told of one that is over before this.
SLOW_SECONDS = 0.4
KEEP_ALIVE_SECONDS = 2.0


def wanted(request: Request) -> bool:
    """Tell whether a request asks for events."""
    return "text/event-stream" in request.headers.get("accept", "")


async def send(request: Request, turn: "asyncio.Future[dict[str, Any]]") -> HTTPResponse | None:
    """Send ``status`` events while a turn goes on, then its ``message`` or ``error``.

    Args:
        request: the request that asked.
        turn: ends with what the message event carries. It goes on when the person has gone.

    Raises:
        RequestError: the turn was refused before anything had been sent.
    """
    await asyncio.wait([turn], timeout=SLOW_SECONDS)
    if turn.done():
        turn.result()  # refused at once: an ordinary error response says it better
    response: Any = await request.respond(content_type="text/event-stream; charset=utf-8")
    while not turn.done():
        await response.send(_event("status", {"state": "working"}))
        await asyncio.wait([turn], timeout=KEEP_ALIVE_SECONDS)
    try:
        await response.send(_event("message", turn.result()))
    except RequestError as problem:
        await response.send(_event("error", problem.body()))
    except Exception as error:
        logger.error("a streamed turn failed: %s", type(error).__name__)
        await response.send(_event("error", FAILED.body()))
    with contextlib.suppress(Exception):  # the person has gone
        await response.eof()
    return None


def _event(name: str, data: dict[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n"
