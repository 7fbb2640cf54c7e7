"""Talking to Telegram's Bot API: what to do when it is slow, busy, out of reach or says no."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    ReplyParameters,
)
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, RetryAfter, TelegramError
from telegram.request import HTTPXRequest

from assistant.channels.telegram import format as shown
from assistant.channels.telegram import words
from assistant.channels.telegram.seen import Queue, until_it_can
from assistant.channels.telegram.settings import Settings

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

# A time-out leaves open whether the message arrived, so there is plenty of time before one.
_ANSWER_SECONDS = 30.0
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 1.0, 60.0
# Not in a group: nobody should delete or complain before everybody.
_GROUP_COMMANDS = ("help", "topics", "sources", "privacy")


@dataclass(frozen=True)
class Outgoing:
    """A message on its way to a chat."""

    chat: int
    html: str
    plain: str
    keyboard: shown.Keyboard = field(default_factory=list)
    reply_to: int | None = None


def connect(settings: Settings) -> Bot:
    """Return the bot; nothing is sent to Telegram yet."""

    def request() -> HTTPXRequest:
        return HTTPXRequest(connection_pool_size=20, read_timeout=_ANSWER_SECONDS, connect_timeout=10.0)

    return Bot(settings.token, base_url=f"{settings.api_base}/bot", request=request(), get_updates_request=request())


async def introduce(bot: Bot, *, groups: bool) -> str:
    """Set the bot's menu and description, and return its name. Raises TelegramError."""
    await bot.initialize()
    menu = [BotCommand(name, about) for name, about in words.COMMANDS.items()]
    await bot.set_my_commands(menu, scope=BotCommandScopeAllPrivateChats())
    if groups:
        common = [command for command in menu if command.command in _GROUP_COMMANDS]
        await bot.set_my_commands(common, scope=BotCommandScopeAllGroupChats())
    await bot.set_my_description(words.DESCRIPTION)
    return bot.username


async def until_it_works(
    call: Callable[[], Awaitable[Result]],
    what: str,
    tell: Callable[[str], None] = lambda status: None,
    *,
    pause: float = _FIRST_PAUSE_SECONDS,
) -> Result:
    """Call Telegram until it answers, with longer and longer pauses.

    Args:
        call: the call.
        what: what is being done, for the log.
        tell: is told the channel's status: ``refused`` (the token) or ``unreachable``.
        pause: seconds after the first failure; it doubles up to a minute.
    """
    while True:
        try:
            return await call()
        except TelegramError as error:
            # The message of an error may repeat the token, so only its kind is logged.
            tell("refused" if isinstance(error, InvalidToken) else "unreachable")
            wait = max(pause, _seconds(error)) if isinstance(error, RetryAfter) else pause
            reason = "the token was refused" if isinstance(error, InvalidToken) else type(error).__name__
            logger.error("Telegram: %s failed (%s); trying again in %.0f s", what, reason, wait)
            await asyncio.sleep(wait)
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)


async def quietly(call: Awaitable[Any]) -> None:
    """Make a call whose failure costs little: the typing sign, a tap's confirmation, a tapped keyboard."""
    try:
        await call
    except Exception as error:
        logger.info("Telegram: a side call failed (%s)", type(error).__name__)


async def send_all(bot: Bot, queue: Queue, more: asyncio.Event, stuck: Callable[[bool], None]) -> None:
    """Send what waits in the queue, one message at a time, for ever.

    One at a time, so that a process killed at any moment repeats one message at the most.

    Args:
        bot: the bot.
        queue: where the messages are.
        more: is set when there are new ones.
        stuck: see ``until_it_can``.
    """
    pause = _FIRST_PAUSE_SECONDS
    while True:
        more.clear()
        waiting = await until_it_can(stuck, queue.next_message)
        if waiting is None:
            await _wait(more, await until_it_can(stuck, queue.seconds_to_next))
            continue
        try:
            await _deliver(bot, Outgoing(**waiting.message))
        except RetryAfter as error:
            await until_it_can(stuck, queue.postpone, waiting.chat, _seconds(error))
            logger.warning("Telegram: too fast for one chat; its messages wait %.0f s", _seconds(error))
        except (Forbidden, ChatMigrated) as error:
            await until_it_can(stuck, queue.drop, waiting.chat)
            logger.info("Telegram: a chat can't be written to any more (%s)", type(error).__name__)
        except TelegramError as error:
            # Perhaps it arrived and only the answer was lost. Twice is better than never: it may be an emergency.
            await until_it_can(stuck, queue.postpone, waiting.chat, pause)
            logger.error("Telegram: sending failed (%s); trying again in %.0f s", type(error).__name__, pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
        except Exception as error:
            # Telegram took the message, and the library can't read what it said to it. Sending again would never end.
            await until_it_can(stuck, queue.sent, waiting.id)
            logger.error("Telegram: the answer to a message could not be read (%s)", type(error).__name__)
        else:
            await until_it_can(stuck, queue.sent, waiting.id)
            pause = _FIRST_PAUSE_SECONDS


async def _wait(more: asyncio.Event, seconds: float | None) -> None:
    try:
        await asyncio.wait_for(more.wait(), seconds)
    except TimeoutError:
        return


async def _deliver(bot: Bot, message: Outgoing) -> None:
    """Send a message; where Telegram refuses its form, without formatting, and then without its buttons."""
    forms = [
        (message.html, "HTML", message.keyboard),
        (message.plain, None, message.keyboard),
        (message.plain, None, []),
    ]
    for text, mode, keyboard in forms:
        try:
            await bot.send_message(
                message.chat,
                text,
                parse_mode=mode,
                reply_markup=markup(keyboard),
                link_preview_options=LinkPreviewOptions(is_disabled=True),
                reply_parameters=ReplyParameters(message.reply_to, allow_sending_without_reply=True)
                if message.reply_to
                else None,
            )
            return
        except BadRequest:
            logger.warning("Telegram: a message was refused as %s", mode or "plain text")
    logger.error("Telegram: a message was refused in every form; it was given up")


def markup(keyboard: shown.Keyboard) -> InlineKeyboardMarkup | None:
    """Return a keyboard as the library wants it."""
    return InlineKeyboardMarkup.de_json({"inline_keyboard": keyboard}, None) if keyboard else None


def _seconds(error: RetryAfter) -> float:
    after = error.retry_after
    return float(after) if isinstance(after, int) else after.total_seconds()
