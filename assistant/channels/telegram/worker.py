"""The one handler behind both ways in: from a recorded update to a recorded answer."""

import asyncio
import contextlib
import dataclasses
import logging
import weakref
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from typing import Any

from rasa.core.channels.channel import UserMessage
from telegram import Bot, Update
from telegram.constants import ChatAction

from assistant import reply as replies
from assistant.channels.telegram import bot as telegram_bot
from assistant.channels.telegram import format as shown
from assistant.channels.telegram import identity, words
from assistant.channels.telegram.bot import Outgoing
from assistant.channels.telegram.seen import Queue, until_it_can
from assistant.channels.telegram.settings import Settings
from assistant.channels.telegram.updates import Reader, Task
from assistant.channels.turn import take_turn

logger = logging.getLogger(__name__)

CHANNEL = "telegram"
# Turns that run beside each other; the messages of one chat always wait for each other.
_AT_ONCE = 8


class Worker:
    """Answers updates.

    Attributes:
        status: ``starting``, ``ok``, ``unreachable`` or ``refused``; ``stopped`` while its file can't be used.
    """

    def __init__(
        self,
        settings: Settings,
        queue: Queue,
        bot: Bot,
        handle: Callable[[UserMessage], Awaitable[Any]],
        forget: Callable[[str], Awaitable[None]],
    ) -> None:
        """Make a worker.

        Args:
            settings: the channel's settings.
            queue: where updates and answers are recorded.
            bot: the bot.
            handle: Rasa's handler for a message.
            forget: deletes a conversation.
        """
        self._status, self._stuck = "starting", False
        self._settings, self._queue, self._bot = settings, queue, bot
        self._handle, self._forget = handle, forget
        self._reader = Reader(settings)
        self._more = asyncio.Event()
        self._at_once = asyncio.Semaphore(_AT_ONCE)
        self._chats: weakref.WeakValueDictionary[int, asyncio.Lock] = weakref.WeakValueDictionary()
        self._running: set[asyncio.Task[None]] = set()

    @property
    def status(self) -> str:
        """See the class."""
        return "stopped" if self._stuck else self._status

    def tell(self, status: str) -> None:
        """Set how it stands between the bot and Telegram."""
        self._status = status

    async def run(self, arrange: Callable[[], Awaitable[Any]]) -> None:
        """Answer what a former process left, then set the bot up, then send answers, for ever.

        Args:
            arrange: tells Telegram how updates shall come, after the bot was introduced.
        """
        for number, kept in await until_it_can(self._tell_stuck, self._queue.unanswered):
            self._start(number, Task(**kept))
        sending = asyncio.create_task(telegram_bot.send_all(self._bot, self._queue, self._more, self._tell_stuck))
        try:
            await telegram_bot.until_it_works(self._introduce, "introducing the bot", self.tell)
            await telegram_bot.until_it_works(arrange, "arranging for updates", self.tell)
            self.tell("ok")
            logger.info("Telegram: the bot answers")
            await sending
        finally:
            for task in (sending, *self._running):
                task.cancel()
            await asyncio.gather(sending, *self._running, return_exceptions=True)

    def accept(self, updates: Iterable[dict[str, Any]], offset: int | None = None) -> None:
        """Record updates as Telegram sent them, and begin to answer those not seen before.

        Args:
            updates: JSON objects, each with an ``update_id``.
            offset: where to go on polling, recorded with them.
        """
        tasks = {update["update_id"]: self._task(update) for update in updates}
        new = self._queue.receive(((number, task.kept() if task else None) for number, task in tasks.items()), offset)
        for number in new:
            task = tasks[number]
            if task:
                self._start(number, task)

    async def _introduce(self) -> None:
        self._reader.username = await telegram_bot.introduce(self._bot, groups=self._settings.groups)

    def _tell_stuck(self, stuck: bool) -> None:
        self._stuck = stuck

    def _task(self, update: dict[str, Any]) -> Task | None:
        try:
            return self._reader.task(Update.de_json(update, self._bot))
        except Exception as error:  # a kind of update that nobody knows yet
            logger.error("Telegram: an update could not be read (%s); it was left out", type(error).__name__)
            return None

    def _start(self, number: int, task: Task) -> None:
        self._beside(self._answer(number, task))

    def _beside(self, work: Coroutine[Any, Any, None]) -> None:
        running = asyncio.create_task(work)
        self._running.add(running)
        running.add_done_callback(self._running.discard)

    async def _answer(self, number: int, task: Task) -> None:
        if task.tap:
            self._beside(self._confirm(task))
        lock = self._chats.setdefault(task.chat, asyncio.Lock())
        async with lock, self._at_once:
            try:
                parts = await self._parts(task)
            except Exception as error:
                logger.error("Telegram: answering failed with %s; the 'failed' reply was sent", type(error).__name__)
                failed = replies.failed()
                parts = shown.parts({"text": failed.text, "custom": failed.envelope()})
            messages = [Outgoing(task.chat, part.html, part.plain, part.keyboard, task.reply_to) for part in parts]
            chat = identity.chat_key(self._settings, task.chat)
            # Nobody else would: Telegram was told that the update has arrived.
            await until_it_can(
                self._tell_stuck, self._queue.answered, number, chat, [*map(dataclasses.asdict, messages)]
            )
        self._more.set()

    async def _parts(self, task: Task) -> list[shown.Part]:
        if task.do == "ask":
            self._beside(telegram_bot.quietly(self._bot.send_chat_action(task.chat, ChatAction.TYPING)))
            message = await take_turn(self._handle, task.text, task.conversation, CHANNEL)
            return shown.parts(message, note=words.CAPTION_NOTE if task.seen_text_only else "")
        if task.do == "topics":
            return shown.topics()
        if task.do == "line":
            return shown.line(words.LINES[task.text])
        if task.do == "delete":
            return shown.line(words.LINES[await self._deleted(task.conversation)])
        return []

    async def _deleted(self, conversation: str) -> str:
        try:
            await self._forget(conversation)
        except Exception as error:
            logger.error("Telegram: deleting a conversation failed with %s", type(error).__name__)
            return "not_deleted"
        return "deleted"

    async def _confirm(self, task: Task) -> None:
        """Answer a tap, so that the button stops spinning, and show in the tapped message what was chosen."""
        text = words.ALREADY_CHOSEN if task.do == "confirm" else None
        await telegram_bot.quietly(self._bot.answer_callback_query(str(task.tap), text))
        keyboard = shown.topic_keyboard(task.page) if task.do == "page" else shown.chosen(task.choice)
        if task.tapped and (task.do == "page" or task.choice):
            await telegram_bot.quietly(
                self._bot.edit_message_reply_markup(task.chat, task.tapped, reply_markup=telegram_bot.markup(keyboard))
            )


@contextlib.asynccontextmanager
async def connected(bot: Bot) -> Any:
    """Close the bot's connections at the end, whatever happened."""
    try:
        yield bot
    finally:
        with contextlib.suppress(Exception):
            await bot.shutdown()
