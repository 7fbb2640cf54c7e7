"""The report on the server: ``/staff/report``, and ``/staff`` that lists the staff's pages."""

import asyncio
import logging
import subprocess
import sys
import time

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse

from assistant import paths
from assistant.channels.refusal import RequestError
from assistant.report.render import STYLE_HASH, render
from assistant.web import staff

logger = logging.getLogger(__name__)

DAYS = (7, 30, 90, 400)
_DEFAULT = 30
# The same report asked for again within so many seconds isn't made anew.
_KEPT_SECONDS = 60.0
_LONGEST_SECONDS = 60.0
_PAGES = [(f"/staff/report?days={days}", f"Report on the last {days} days") for days in DAYS]


class Reports:
    """Has reports made, one at a time, each in a process of its own that can't hold up a turn."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._made: dict[int, tuple[float, str]] = {}

    async def get(self, days: int) -> str:
        """Return the page on the last days. Raises RequestError (503) when it can't be made."""
        async with self._lock:
            at, page = self._made.get(days, (0.0, ""))
            if not page or time.monotonic() - at > _KEPT_SECONDS:
                page = await asyncio.to_thread(_make, days)
                self._made = {days: (time.monotonic(), page)}
        return page


def _make(days: int) -> str:
    # subprocess.run starts it by vfork, which runs none of the handlers that libraries have for a fork.
    try:
        done = subprocess.run(
            [sys.executable, "-m", "assistant.report.make", str(days)],
            cwd=paths.ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_LONGEST_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        problem: object = type(error).__name__
    else:
        if done.returncode == 0:
            return done.stdout.decode()
        problem = done.returncode
    logger.error("the report could not be made: %s", problem)
    raise RequestError(
        "no_report", "The report could not be made just now. Is the database away? 'b12 report' says more.", 503
    )


def blueprint() -> Blueprint:
    """Return the staff's routes. Raises AssistantError when their password can't be right."""
    routes = staff.blueprint()

    @routes.listener("before_server_start")
    async def begin(app: object, loop: asyncio.AbstractEventLoop) -> None:
        app.ctx.reports = Reports()  # type: ignore[attr-defined] # its lock belongs to the running loop

    @routes.route("/", methods=staff.READ)
    async def index(request: Request) -> HTTPResponse:
        return staff.shown(render("index.html", pages=_PAGES), STYLE_HASH)

    @routes.route("/report", methods=staff.READ)
    async def report(request: Request) -> HTTPResponse:
        given = request.args.get("days", str(_DEFAULT))
        if given not in map(str, DAYS):
            raise RequestError("days_invalid", f"'days' must be one of {', '.join(map(str, DAYS))}.", 400)
        return staff.shown(await request.app.ctx.reports.get(int(given)), STYLE_HASH)

    return routes
