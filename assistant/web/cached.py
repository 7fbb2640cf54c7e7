"""Responses that a browser may keep: an ETag, and gzip where the browser takes it."""

import gzip
import hashlib
from functools import lru_cache

from sanic import response
from sanic.request import Request
from sanic.response import HTTPResponse

# Below this gzip saves nothing worth its header.
_LEAST = 1000


def respond(
    request: Request,
    body: bytes,
    content_type: str,
    *,
    cache: str = "no-cache",
    encoding: str | None = None,
) -> HTTPResponse:
    """Return a response to a GET, or 304 where the browser has it already.

    Args:
        request: the request.
        body: what is sent.
        content_type: its media type.
        cache: the ``Cache-Control``; by default it is kept and asked about each time.
        encoding: how the body is packed already, if it is.
    """
    tag = f'W/"{_digest(body)}"'
    sent = {"Cache-Control": cache, "ETag": tag, "Vary": "Accept-Encoding"}
    if tag in [one.strip() for one in request.headers.get("if-none-match", "").split(",")]:
        return response.empty(304, sent)
    if encoding is None and len(body) >= _LEAST and accepts(request, "gzip"):
        encoding, body = "gzip", _zipped(body)
    if encoding:
        sent["Content-Encoding"] = encoding
    return response.raw(body, 200, sent, content_type)


def accepts(request: Request, encoding: str) -> bool:
    """Tell whether the browser takes an encoding: ``gzip`` or ``br``."""
    for part in request.headers.get("accept-encoding", "").lower().split(","):
        name, _, quality = part.strip().partition(";")
        if name.strip() == encoding:
            return quality.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


@lru_cache(maxsize=256)
def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:20]


@lru_cache(maxsize=256)
def _zipped(body: bytes) -> bytes:
    return gzip.compress(body, 9, mtime=0)
