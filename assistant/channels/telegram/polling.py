"""``b12 telegram``: long polling, for whoever has no public HTTPS address.

The process has an agent of its own. Posting to a running server would need the open REST channel, which trusts any sender, and
could not delete a conversation; so the same agent, actions and ``take_turn`` run here, and replies can't differ.
"""

import asyncio
import contextlib
import logging
import signal
import sqlite3
import time
import warnings
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from rasa.core.channels.channel import UserMessage
from telegram import Bot
from telegram.error import Conflict, TelegramError

from assistant import logs, models, paths
from assistant import settings as project_settings
from assistant.channels.telegram import bot as telegram_bot
from assistant.channels.telegram import identity
from assistant.channels.telegram import settings as from_settings
from assistant.channels.telegram.seen import Queue
from assistant.channels.telegram.settings import Settings
from assistant.channels.telegram.updates import ALLOWED
from assistant.channels.telegram.worker import Worker, connected
from assistant.errors import AssistantError
from assistant.forget import forget

logger = logging.getLogger(__name__)

_POLL_SECONDS = 25
# A server that answers an empty poll at once isn't asked more often than this.
_SHORTEST_POLL_SECONDS = 0.2

# The library's own method logs whole updates that it can't read, and with them what people wrote.
warnings.filterwarnings("ignore", "Please use 'Bot.getUpdates'")


def run(model: Path | None = None) -> None:
    """Answer on Telegram until stopped.

    Raises:
        AssistantError: a setting is missing or wrong, there is no fitting model, or another process polls for this bot.
    """
    logs.configure()
    settings = from_settings.from_environment()
    if settings is None:
        raise AssistantError("Set TELEGRAM_BOT_TOKEN to the token that BotFather gave you. See docs/telegram.md")
    if not project_settings.load().channels.telegram:
        raise AssistantError("Telegram is off in the settings. Set channels.telegram to true in clinic.yml.")
    if settings.webhook_url:
        raise AssistantError(
            "TELEGRAM_WEBHOOK_URL is set, so 'b12 serve' answers on Telegram. Unset it to poll, or run 'b12 serve'."
        )
    with contextlib.suppress(asyncio.CancelledError):
        asyncio.run(_run(settings, models.to_serve(model)))


async def _run(settings: Settings, model: Path) -> None:
    queue = open_queue(settings)  # before the model is loaded
    from assistant import takeover
    from assistant.server import load_agent
    from assistant.storage.upkeep import Upkeep

    agent = await load_agent(model, stored=True)
    running = SimpleNamespace(agent=agent, model=model.name, upkeep=Upkeep(agent.tracker_store, model.name))
    running.upkeep.start()
    changing = asyncio.create_task(takeover.watch(running, load_agent))
    task = asyncio.current_task()
    if task:
        for wish in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(wish, task.cancel)
    try:
        await poll(
            settings,
            queue,
            lambda message: running.agent.handle_message(message),
            partial(forget, agent.tracker_store),
            _announce,
        )
    finally:
        changing.cancel()
        await running.upkeep.stop()


def open_queue(settings: Settings, folder: Path = paths.ROOT / "var") -> Queue:
    """Open the file in which this bot's updates and answers are recorded. Raises AssistantError."""
    return Queue(folder / f"telegram-{settings.bot_id}.sqlite", identity.queue_key(settings))


def _announce() -> None:
    print("Ready: the bot answers on Telegram", flush=True)


async def poll(
    settings: Settings,
    queue: Queue,
    handle: Callable[[UserMessage], Awaitable[Any]],
    forget: Callable[[str], Awaitable[None]],
    on_ready: Callable[[], None] = lambda: None,
) -> None:
    """Fetch updates and answer them until cancelled.

    Args:
        settings: the channel's settings.
        queue: where updates and answers are recorded; it is closed at the end.
        handle: Rasa's handler for a message.
        forget: deletes a conversation.
        on_ready: is called once Telegram is reached.
    """
    async with connected(telegram_bot.connect(settings)) as bot:
        worker = Worker(settings, queue, bot, handle, forget)

        async def arrange() -> None:
            await bot.delete_webhook()  # Telegram gives no updates to a poller while one is set

        async def fetch() -> None:
            await _fetch_for_ever(bot, queue, worker)

        try:
            async with asyncio.TaskGroup() as both:

                async def begin() -> None:
                    await arrange()
                    on_ready()
                    both.create_task(fetch())

                both.create_task(worker.run(begin))
        finally:
            queue.close()


async def _fetch_for_ever(bot: Bot, queue: Queue, worker: Worker) -> None:
    pause = 1.0
    while True:
        began = time.monotonic()
        try:
            updates = await _fetch(bot, queue.offset())
            if updates:
                worker.accept(updates, max(update["update_id"] for update in updates) + 1)
        except (TelegramError, sqlite3.Error) as error:  # what was not recorded is fetched again
            worker.tell("unreachable")
            wait = max(pause, float(getattr(error, "retry_after", 0)))
            reason = "another process polls for this bot" if isinstance(error, Conflict) else type(error).__name__
            logger.error("Telegram: fetching updates failed (%s); trying again in %.0f s", reason, wait)
            await asyncio.sleep(wait)
            pause = min(pause * 2, 60.0)
            continue
        worker.tell("ok")
        pause = 1.0
        if not updates and time.monotonic() - began < _SHORTEST_POLL_SECONDS:
            await asyncio.sleep(_SHORTEST_POLL_SECONDS)


async def _fetch(bot: Bot, offset: int | None) -> list[dict[str, Any]]:
    asked = {"timeout": _POLL_SECONDS, "allowed_updates": ALLOWED}
    if offset is not None:
        asked["offset"] = offset
    found: Any = await bot.do_api_request("getUpdates", asked, read_timeout=_POLL_SECONDS + 10)
    return [update for update in found if isinstance(update, dict) and isinstance(update.get("update_id"), int)]
