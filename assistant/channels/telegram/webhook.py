"""The webhook: ``POST /webhooks/telegram/webhook`` takes updates, ``GET /webhooks/telegram/`` tells how the bot is."""

import asyncio
import hmac
import logging
import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, Sanic, response
from sanic.exceptions import InvalidUsage
from sanic.request import Request
from sanic.response import HTTPResponse

from assistant import paths
from assistant.channels.telegram import bot as telegram_bot
from assistant.channels.telegram import identity
from assistant.channels.telegram import settings as from_settings
from assistant.channels.telegram.polling import open_queue
from assistant.channels.telegram.settings import Settings
from assistant.channels.telegram.updates import ALLOWED
from assistant.channels.telegram.worker import Worker, connected
from assistant.errors import AssistantError
from assistant.forget import forget

logger = logging.getLogger(__name__)

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 (the header's name)
_PAUSE_SECONDS = 5.0


class TelegramChannel(InputChannel):
    """Telegram by webhook. It is off unless both the token and the webhook's address are set."""

    def __init__(self, settings: Settings | None, folder: Any = paths.ROOT / "var") -> None:
        self._settings = settings if settings and settings.webhook_url else None
        self._folder = folder
        self._worker: Worker | None = None
        self._status = "starting" if self._settings else "off"

    @classmethod
    def name(cls) -> str:
        """The path under ``/webhooks/``."""
        return "telegram"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> "TelegramChannel":
        """Make the channel from the environment. Raises AssistantError where a setting can't be right."""
        return cls(from_settings.from_environment())

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Return the channel's routes, and what runs beside them."""
        routes = Blueprint("telegram_channel")

        @routes.get("/")
        async def health(request: Request) -> HTTPResponse:
            return response.json({"status": self._worker.status if self._worker else self._status})

        @routes.post("/webhook")
        async def receive(request: Request) -> HTTPResponse:
            return self._receive(request)

        @routes.listener("after_server_start")
        async def start(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
            if self._settings:
                app.ctx.telegram = loop.create_task(self._keep_running(self._settings, app, on_new_message))

        @routes.listener("before_server_stop")
        async def stop(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
            if self._settings:
                app.ctx.telegram.cancel()
                await asyncio.gather(app.ctx.telegram, return_exceptions=True)

        return routes

    def _receive(self, request: Request) -> HTTPResponse:
        if not self._settings:
            return _error("off", "Telegram's webhook is not set up here. See docs/telegram.md", 404)
        secret = identity.webhook_secret(self._settings).encode()
        if not hmac.compare_digest(request.headers.get(SECRET_HEADER, "").encode(), secret):
            return _error("secret_wrong", f"The header '{SECRET_HEADER}' is missing or wrong.", 403)
        try:
            update = request.json
        except InvalidUsage:
            update = None
        number = update.get("update_id") if isinstance(update, dict) else None
        if not isinstance(number, int) or isinstance(number, bool) or abs(number) >= 2**63:
            return _error("not_an_update", "Send one of Telegram's updates: a JSON object with 'update_id'.", 400)
        if self._worker is None:
            return _error("starting", "Not ready yet. Telegram sends this update again.", 503)
        try:
            self._worker.accept([update])
        except sqlite3.Error as error:
            logger.error("Telegram: an update could not be recorded (%s)", type(error).__name__)
            return _error("not_recorded", "The update could not be recorded. Telegram sends it again.", 503)
        return response.json({})

    async def _keep_running(
        self, settings: Settings, app: Sanic, handle: Callable[[UserMessage], Awaitable[Any]]
    ) -> None:
        while True:
            try:
                await self._run(settings, app, handle)
            except Exception as error:  # a full disk, say: the other channels go on, and this one comes back
                logger.error("Telegram: stopped by %s; starting again", type(error).__name__)
            await asyncio.sleep(_PAUSE_SECONDS)

    async def _run(self, settings: Settings, app: Sanic, handle: Callable[[UserMessage], Awaitable[Any]]) -> None:
        queue = await self._open(settings)
        try:
            async with connected(telegram_bot.connect(settings)) as bot:
                self._worker = Worker(
                    settings, queue, bot, handle, lambda who: forget(app.ctx.agent.tracker_store, who)
                )

                async def arrange() -> None:
                    await bot.set_webhook(
                        settings.webhook_url,
                        secret_token=identity.webhook_secret(settings),
                        allowed_updates=ALLOWED,
                    )

                await self._worker.run(arrange)
        finally:
            self._worker, self._status = None, "stopped"
            queue.close()

    async def _open(self, settings: Settings) -> Any:
        while True:
            try:
                return open_queue(settings, self._folder)
            except AssistantError as problem:
                self._status = "waiting"
                logger.error("Telegram: %s Trying again in %.0f s.", problem, _PAUSE_SECONDS)
                await asyncio.sleep(_PAUSE_SECONDS)


def _error(code: str, message: str, status: int) -> HTTPResponse:
    return response.json({"error": {"code": code, "message": message}}, status=status)
