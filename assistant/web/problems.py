"""What is sent when something can't be: a page for a person, JSON for a program, and nothing that tells how the server is made."""

import logging

from sanic import response
from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import HTTPResponse

from assistant.channels.refusal import RequestError, refuse
from assistant.web import render

logger = logging.getLogger(__name__)

_PROBLEMS = {
    400: ("bad_request", "The request can't be read. Check its form and send it again."),
    404: ("not_found", "There is nothing at this address. Check it, or start from /answers/."),
    405: (
        "method_not_allowed",
        "This address doesn't take this kind of request. The header 'Allow' says which it takes.",
    ),
    408: ("timeout", "The request took too long to arrive. Send it again."),
    413: ("body_too_large", "The request is too large. Send a shorter one."),
    416: ("range_invalid", "The file has no such part. Ask for it without 'Range'."),
    503: ("unavailable", "The server can't answer just now. Try again in a moment."),
}
_BROKEN = ("failed", "Something went wrong on the server. Try again in a moment.")
# Paths that only programs ask for.
_PROGRAMS = ("/web/", "/kiosk/", "/webhooks/", "/assets/")


def problem(request: Request, error: Exception) -> HTTPResponse:
    """Return what is sent in place of an exception."""
    if isinstance(error, RequestError):
        return refuse(error)
    known = isinstance(error, SanicException)
    status = getattr(error, "status_code", 500) if known else 500
    code, message = _PROBLEMS.get(status, _PROBLEMS[400] if 400 <= status < 500 else _BROKEN)
    if status >= 500:
        logger.error("%s: %s", code, type(error).__name__)
    headers = {
        name: value
        for name, value in (getattr(error, "headers", None) or {}).items()
        if name.lower() != "content-length"
    }
    if _is_person(request):
        return response.html(render.render("problem.html", status=status), status, headers)
    return response.json({"error": {"code": code, "message": message}}, status=status, headers=headers)


def _is_person(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "") and not request.path.startswith(_PROGRAMS)
