"""The routes of the pages and of the files they load."""

import json
from typing import Any

from sanic import Blueprint, response
from sanic.exceptions import NotFound
from sanic.handlers import ContentRangeHandler
from sanic.request import Request
from sanic.response import BaseHTTPResponse, HTTPResponse

from assistant import reply as replies
from assistant.web import answers, cached, openapi, render

routes = Blueprint("pages")
_Part: Any = ContentRangeHandler

_READ = frozenset({"GET", "HEAD"})
_HTML = "text/html; charset=utf-8"
_FOR_EVER = "public, max-age=31536000, immutable"
_FIVE_MINUTES = "public, max-age=300"
# Sound is long, and players ask for parts of it.
_IN_PARTS = ("audio/", "video/")
_ROBOTS = b"User-agent: *\nDisallow: /web/\nDisallow: /kiosk\nDisallow: /widget\nDisallow: /webhooks/\nAllow: /\n"


@routes.route("/", methods=_READ)
async def demo(request: Request) -> HTTPResponse:
    """The widget as a website shows it."""
    return _page(request, "demo.html", "web")


@routes.route("/widget", methods=_READ)
async def widget(request: Request) -> HTTPResponse:
    """What the widget's frame shows."""
    return _page(request, "widget.html", "web")


@routes.route("/kiosk", methods=_READ)
async def kiosk(request: Request) -> HTTPResponse:
    """The kiosk's page."""
    return _page(request, "kiosk.html", "kiosk")


@routes.route("/answers", methods=_READ)
async def all_answers(request: Request) -> HTTPResponse:
    """The list of answers."""
    return cached.respond(request, answers.index(), _HTML, cache=_FIVE_MINUTES)


@routes.route("/answers/<topic:str>", methods=_READ)
async def one_answer(request: Request, topic: str) -> HTTPResponse:
    """One answer; the list where the address ends with its slash."""
    if not topic:
        return await all_answers(request)
    page = answers.page(topic)
    if page is None:
        raise NotFound(topic)
    return cached.respond(request, page, _HTML, cache=_FIVE_MINUTES)


@routes.route("/embed.js", methods=_READ)
async def loader(request: Request) -> BaseHTTPResponse:
    """What a website's script tag names: one name for ever, so browsers ask about it each time."""
    return await _file(request, "embed.js")


@routes.route("/assets/<name:path>", methods=_READ)
async def asset(request: Request, name: str) -> BaseHTTPResponse:
    """A file that a page loads."""
    return await _file(request, name)


@routes.route("/favicon.ico", methods=_READ)
async def favicon(request: Request) -> BaseHTTPResponse:
    """The icon that browsers ask for by themselves."""
    return await _file(request, render.assets().address("favicon.svg").removeprefix("/assets/"))


@routes.route("/robots.txt", methods=_READ)
async def robots(request: Request) -> HTTPResponse:
    """What search engines may list: the answers."""
    return cached.respond(request, _ROBOTS, "text/plain; charset=utf-8", cache=_FIVE_MINUTES)


@routes.route("/openapi.json", methods=_READ)
async def description(request: Request) -> HTTPResponse:
    """The description of the web channels' routes."""
    return cached.respond(request, json.dumps(openapi.document()).encode(), "application/json", cache=_FIVE_MINUTES)


def _page(request: Request, name: str, channel: str) -> HTTPResponse:
    if not getattr(replies.texts().clinic.channels, channel):
        raise NotFound(name)
    built = render.assets().built and render.exists(name)
    return cached.respond(request, render.render(name if built else "not_built.html").encode(), _HTML)


async def _file(request: Request, served: str) -> BaseHTTPResponse:
    found = render.assets().find(served)
    if found is None:
        raise NotFound(served)
    cache = _FOR_EVER if found.hashed and request.path.startswith("/assets/") else "no-cache"
    if found.content_type.startswith(_IN_PARTS):
        part: Any = _Part(request, found.path.stat()) if "range" in request.headers else None
        headers = {"Cache-Control": cache, "Accept-Ranges": "bytes"}
        return await response.file(
            found.path, status=206 if part else 200, mime_type=found.content_type, headers=headers, _range=part
        )
    for encoding, ending in (("br", ".br"), ("gzip", ".gz")):
        packed = found.path.with_name(found.path.name + ending)
        if cached.accepts(request, encoding) and packed.is_file():
            return cached.respond(request, packed.read_bytes(), found.content_type, cache=cache, encoding=encoding)
    return cached.respond(request, found.path.read_bytes(), found.content_type, cache=cache)
