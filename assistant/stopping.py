"""An orderly stop: what has begun is answered, and no connection is kept for more."""

import asyncio

from sanic import Sanic
from sanic.request import Request
from sanic.response import BaseHTTPResponse


def let_go(app: Sanic) -> None:
    """Close each connection after its answer once the application stops.

    A proxy keeps its connections and would go on sending on them, so the stop would wait for the end of a traffic that never ends.
    """
    app.ctx.stopping = False

    async def begin(running: Sanic, _: asyncio.AbstractEventLoop) -> None:
        running.ctx.stopping = True

    async def close(request: Request, response: BaseHTTPResponse) -> None:
        if request.app.ctx.stopping and request.stream:
            request.stream.keep_alive = False

    app.register_listener(begin, "before_server_stop")
    app.register_middleware(close, "response")
