"""The REST channel: ``POST /webhooks/rest/webhook`` with ``{"sender": "...", "message": "..."}``.

Rasa's own puts everybody without a sender into one conversation, takes any JSON type for a message and answers nothing when
something breaks.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, response
from sanic.exceptions import InvalidUsage
from sanic.request import Request
from sanic.response import HTTPResponse

from assistant.channels.refusal import RequestError, refuse
from assistant.channels.turn import take_turn
from assistant.channels.web.limits import emergency_pointer
from assistant.nlu import red_flags

LONGEST_MESSAGE = 1000
# PostgreSQL's column for it has 255.
LONGEST_SENDER = 200


def read_message(request: Request) -> tuple[str, str]:
    """Return a request's sender and message. Raises RequestError, saying what is wrong with it."""
    if not request.content_type.split(";")[0].strip().lower() == "application/json":
        raise RequestError("not_json", "Send JSON, with the header 'Content-Type: application/json'.", 415)
    try:
        body = request.json
    except InvalidUsage:
        raise RequestError("not_json", "The body is not valid JSON.") from None
    if not isinstance(body, dict):
        raise RequestError("not_an_object", 'Send a JSON object: {"sender": "...", "message": "..."}.')
    return _sender(body), _message(body)


def _sender(body: dict[str, Any]) -> str:
    sender = body.get("sender")
    if not isinstance(sender, str) or not sender.strip():
        raise RequestError(
            "sender_missing", "'sender' is missing: send an id of your own for each conversation, as a string."
        )
    if len(sender) > LONGEST_SENDER or not sender.isprintable():
        raise RequestError("sender_invalid", f"'sender' must be at most {LONGEST_SENDER} printable characters.")
    return sender


def _message(body: dict[str, Any]) -> str:
    message = body.get("message")
    if not isinstance(message, str):
        raise RequestError("message_missing", "'message' is missing, or is not a string.")
    if not message.strip():
        raise RequestError("message_empty", "'message' is empty.")
    if len(message) > LONGEST_MESSAGE:
        urgent = f" {emergency_pointer()}" if red_flags.red_flags().find(message) else ""
        raise RequestError(
            "message_too_long", f"'message' has {len(message)} characters; the most is {LONGEST_MESSAGE}.{urgent}"
        )
    return message


def with_list(message: dict[str, Any]) -> dict[str, Any]:
    """Return a reply whose text lists the questions below it where it speaks of them ("one of these") and has no list of its own.

    Who reads nothing but the text has no buttons; a number picks one of them.
    """
    envelope, buttons = message["custom"], message.get("buttons") or []
    if envelope["kind"] not in ("conversation", "out_of_scope") or envelope["answers"] or not envelope["options"]:
        return message
    listed = "\n".join(f"{number}. {button['title']}" for number, button in enumerate(buttons, start=1))
    before, steer, after = message["text"].rpartition(envelope["steer"])
    return {**message, "text": f"{before}{listed}\n\n{steer}{after}"}


class RestChannel(InputChannel):
    """One request, one reply."""

    @classmethod
    def name(cls) -> str:
        """The path under ``/webhooks/``."""
        return "rest"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Return the channel's routes."""
        routes = Blueprint("rest_channel")

        @routes.get("/")
        async def health(request: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        @routes.post("/webhook")
        async def receive(request: Request) -> HTTPResponse:
            try:
                sender, message = read_message(request)
            except RequestError as problem:
                return refuse(problem)
            return response.json([with_list(await take_turn(on_new_message, message, sender, self.name()))])

        return routes
