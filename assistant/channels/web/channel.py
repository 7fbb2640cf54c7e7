"""The channels of the website widget and of the kiosk: one implementation below ``/web`` and ``/kiosk``.

Rasa's own channels let a client choose whose conversation it speaks in, and with which name. Here the server makes the
conversation's id, signs it, and takes nothing else from the client but what it says.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from assistant import reply as replies
from assistant import settings
from assistant.channels.refusal import RequestError, read_object, refuse
from assistant.channels.turn import take_turn
from assistant.channels.web import messages, ratings, state, stream
from assistant.channels.web.content import content
from assistant.channels.web.limits import Limiter, too_many
from assistant.channels.web.messages import Answerer, WebMessage
from assistant.channels.web.origin import Addresses, check_origin
from assistant.channels.web.ratings import Ratings
from assistant.channels.web.session import Session, Tokens, expired
from assistant.errors import AssistantError
from assistant.forget import forget
from assistant.secret import derived, secret
from assistant.settings import Web
from assistant.storage import access as accesses
from assistant.storage import redis
from assistant.storage.access import UnavailableError
from assistant.web import cached

LARGEST_BODY = 16 * 1024


class WebChannel(InputChannel):
    """The website widget's channel."""

    def __init__(self, web: Web, master: bytes) -> None:
        """Make it. What several servers share is in the Redis that ``REDIS_URL`` names, else in memory.

        Args:
            web: the settings.
            master: the installation's secret.
        """
        self._web = web
        self._state = state.connect(redis.opened())
        self._limiter = Limiter(web.limits, redis.opened(), redis.url())
        self._tokens = Tokens(derived("web session", master), self.name(), web.chat_minutes * 60)
        self._addresses = Addresses(web.trusted_proxies, derived("web address", master))
        self._ratings = Ratings(derived("feedback", master), self.name())

    @classmethod
    def name(cls) -> str:
        """Return the channel's name."""
        return "web"

    @classmethod
    def url_prefix(cls) -> str:
        """Return the path of the routes: absolute, so not below ``/webhooks/``."""
        return f"/{cls.name()}"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> "WebChannel":
        """Make the channel from the clinic's settings. Raises AssistantError where one can't be right."""
        return cls(settings.load().web, secret())

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Return the channel's routes."""
        routes = Blueprint(f"{self.name()}_channel")

        async def turn(message: WebMessage, session: Session) -> dict[str, Any]:
            answered = await take_turn(on_new_message, message.text, session.sender, self.name(), topic=message.topic)
            shown = self.shown(answered)
            return {**shown, "feedback_token": self._ratings.token(session, shown)}

        answerer = Answerer(self._state, self._limiter, turn)

        @routes.post("/session")
        async def open_session(request: Request) -> HTTPResponse:
            check_origin(request, self._web.public_url)
            _empty(request)
            return response.json(await self._open(self._addresses.place(request)), status=201)

        @routes.delete("/session")
        async def delete_session(request: Request) -> HTTPResponse:
            check_origin(request, self._web.public_url)
            session = self._tokens.read(request.headers.get("authorization", ""), expired_too=True)
            async with answerer.lock(session):
                await self._delete(session, request)
            return response.empty()

        @routes.post("/messages")
        async def receive(request: Request) -> HTTPResponse | None:
            check_origin(request, self._web.public_url)
            session = self._tokens.read(request.headers.get("authorization", ""))
            message = messages.read(read_object(request, messages.FORM, LARGEST_BODY))
            task = answerer.answer(session, message, self._addresses.place(request))
            answered = asyncio.ensure_future(self._answered(session, message.id, task))
            if stream.wanted(request):
                return await stream.send(request, answered)
            return response.json(await answered)

        @routes.post("/feedback")
        async def rate(request: Request) -> HTTPResponse:
            check_origin(request, self._web.public_url)
            session = await self._session(request)
            await self._ratings.record(session, read_object(request, ratings.FORM, LARGEST_BODY))
            return response.empty()

        @routes.route("/content", methods=frozenset({"GET", "HEAD"}))
        async def give_content(request: Request) -> HTTPResponse:
            return cached.respond(request, content(), "application/json")

        @routes.listener("before_server_start")
        async def open_database(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
            await asyncio.to_thread(accesses.opened)  # it may wait for the database

        @routes.exception(RequestError)
        async def refused(request: Request, problem: RequestError) -> HTTPResponse:
            return refuse(problem)

        return routes

    def shown(self, message: dict[str, Any]) -> dict[str, Any]:
        """Return a turn's message in the form in which the pages get it."""
        return {"text": message["text"], "buttons": message.get("buttons", []), **message["custom"]}

    async def _session(self, request: Request) -> Session:
        # An answer may be rated for a day, which is longer than a chat lasts.
        session = self._tokens.read(request.headers.get("authorization", ""), expired_too=True)
        if await self._state.is_void(session.id):
            raise expired(self.name())
        return session

    async def _open(self, place: str) -> dict[str, Any]:
        await self._limiter.new_chat(place)
        session = self._tokens.new(place)
        if not await self._state.open(session.id, place, session.ends, self._web.limits.open_chats_by_address):
            raise too_many("Too many chats are open from your network.", 60)
        welcome = replies.converse("greet")
        return {
            "token": self._tokens.signed(session),
            "expires_in": self._tokens.seconds,
            "welcome": self.shown({"text": welcome.text, "buttons": welcome.buttons, "custom": welcome.envelope()}),
        }

    async def _answered(self, session: Session, message: str, task: "asyncio.Task[dict[str, Any]]") -> dict[str, Any]:
        """Return the response to a message; with a token of a later end once half of the chat's time has passed."""
        answered: dict[str, Any] = {"id": message, "message": await asyncio.shield(task)}
        renewed = self._tokens.renewed(session)
        if renewed:
            answered["token"] = self._tokens.signed(renewed)
            answered["expires_in"] = self._tokens.seconds
            most = self._web.limits.open_chats_by_address
            await self._state.open(session.id, session.place, renewed.ends, most)
        return answered

    async def _delete(self, session: Session, request: Request) -> None:
        """Delete a chat. Its token is void first, so that no message that waits begins it anew."""
        await self._state.void(session.id, session.place)
        try:
            await forget(request.app.ctx.agent.tracker_store, session.sender)
        except (AssistantError, UnavailableError):
            raise RequestError(
                "not_deleted", "The chat could not be deleted just now. Please try again in a moment.", 503
            ) from None


class KioskChannel(WebChannel):
    """The kiosk's channel: in an emergency it names the desk in the room first."""

    @classmethod
    def name(cls) -> str:
        """Return the channel's name."""
        return "kiosk"

    def shown(self, message: dict[str, Any]) -> dict[str, Any]:
        """Return a turn's message; an emergency's or a crisis's begins with whom to tell in the room."""
        shown = super().shown(message)
        desk = replies.at_the_desk() if shown["kind"] in ("emergency", "crisis") else None
        return {**shown, "text": f"{desk}\n\n{shown['text']}"} if desk else shown


def _empty(request: Request) -> None:
    """Refuse a session's request that carries anything: nothing of a chat is the client's choice."""
    if read_object(request, "{}", LARGEST_BODY):
        raise RequestError("field_unknown", "Send an empty JSON object: {}. The server makes the chat's id.", 422)
