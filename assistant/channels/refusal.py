"""A request that a channel refuses: a code for programs, a sentence for people, and how to mend it."""

import json
from collections.abc import Mapping
from typing import Any

from sanic import response
from sanic.request import Request
from sanic.response import HTTPResponse


class RequestError(Exception):
    """A request that can't be answered. ``code`` is for programs, the message for people."""

    def __init__(self, code: str, message: str, status: int = 400, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.code, self.status, self.headers = code, status, dict(headers or {})

    def body(self) -> dict[str, Any]:
        """Return what is sent."""
        return {"error": {"code": self.code, "message": str(self)}}


def refuse(problem: RequestError) -> HTTPResponse:
    """Return the response that says what is wrong with a request."""
    return response.json(problem.body(), status=problem.status, headers=problem.headers)


def read_object(request: Request, form: str, most: int | None = None) -> dict[str, Any]:
    """Return the JSON object that a request carries.

    Args:
        request: the request.
        form: an example of the object, for the messages.
        most: bytes that the body may have; None where the server's own limit is enough.

    Raises:
        RequestError: 415, 413 or 400.
    """
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
        raise RequestError("not_json", "Send JSON, with the header 'Content-Type: application/json'.", 415)
    if most is not None and len(request.body) > most:
        raise RequestError(
            "body_too_large", f"The body has {len(request.body)} bytes; the most is {most}. Send a shorter text.", 413
        )
    try:
        body = json.loads(request.body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise RequestError("not_json", "The body is not valid JSON.") from None
    if not isinstance(body, dict):
        raise RequestError("not_an_object", f"Send a JSON object: {form}.")
    return body
