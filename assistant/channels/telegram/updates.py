"""What each kind of update asks for. Nothing of an update is kept but what its answer needs: no name, no raw update."""

import dataclasses
import re
from dataclasses import dataclass
from typing import Any, Literal

from telegram import CallbackQuery, Message, MessageEntity, Update

from assistant import reply as replies
from assistant.channels.telegram import identity, words
from assistant.channels.telegram.format import ALREADY, PAGE, TOPIC, WORDS
from assistant.channels.telegram.settings import Settings
from assistant.channels.text import harmless
from assistant.nlu import red_flags

# What Telegram is asked to send. Everything else that it knows would be nobody's question.
ALLOWED = ["message", "edited_message", "callback_query"]


@dataclass(frozen=True)
class Task:
    """What is to be done for one update.

    Attributes:
        do: ask the assistant, say a line of ``words.LINES``, list the topics, turn their page, delete, or nothing but
            confirm a tap.
        chat: where the answer goes.
        conversation: whose conversation it is: a keyed hash.
        text: what is asked, or the line's name.
        page: the page of topics.
        reply_to: the message that is answered, in a group.
        seen_text_only: words came with a picture or a file that isn't looked at.
        tap: the id of a button's tap, for its confirmation.
        tapped: the message whose button was tapped.
        choice: the title of the button.
    """

    do: Literal["ask", "line", "topics", "page", "delete", "confirm"]
    chat: int
    conversation: str
    text: str = ""
    page: int = 0
    reply_to: int | None = None
    seen_text_only: bool = False
    tap: str | None = None
    tapped: int | None = None
    choice: str = ""

    def kept(self) -> dict[str, Any]:
        """Return the form in which the task waits in the queue."""
        return dataclasses.asdict(self)


class Reader:
    """Reads updates for one bot."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        # The bot's name, once Telegram has told it.
        self.username = ""
        # Pictures sent together come as a message each; one line answers them all.
        self._albums: dict[str, None] = {}

    def task(self, update: Update) -> Task | None:
        """Return what an update asks for; None where it needs nothing."""
        if update.callback_query:
            return self._tapped(update.callback_query)
        if update.edited_message:
            edited = update.edited_message
            return self._line("edited", edited) if _private(edited) and edited.text and _person(edited) else None
        if update.message and _person(update.message):
            return self._message(update.message)
        return None

    def _message(self, message: Message) -> Task | None:
        text = message.text or message.caption or ""
        command, rest = self._command(message, text)
        if not _private(message):
            if not self._addressed(message, text, command):
                return None
            if not self._settings.groups:
                return self._line("private", message)
            text = self._without_name(text)
        if command:
            return self._commanded(command, rest, message)
        if text.strip():
            return self._ask(text, message, seen_text_only=not message.text)
        if message.effective_attachment and not message.successful_payment and self._first_of_album(message):
            return self._line("media", message)
        return None  # somebody joined, a message was pinned, ...

    def _command(self, message: Message, text: str) -> tuple[str, str]:
        """Return the command a message begins with, and what stands behind it. A group's other bots have their own."""
        entities = message.entities or message.caption_entities
        if not any(entity.type == MessageEntity.BOT_COMMAND and entity.offset == 0 for entity in entities):
            return "", ""
        first, _, rest = text.partition(" ") if " " in text.split("\n")[0] else text.partition("\n")
        name, _, bot = first[1:].partition("@")
        if bot and bot.lower() != self.username.lower():
            return ("", "") if _private(message) else ("@other", "")
        return name.lower(), rest.strip()

    def _commanded(self, command: str, rest: str, message: Message) -> Task | None:
        if command == "start" and rest in replies.texts().library.cards:
            return self._ask(_title(rest), message)
        if rest and _is_asked(command, rest):
            return self._ask(rest, message)
        if command in words.ASKED:
            return self._ask(words.ASKED[command], message)
        if command in ("topics", "delete"):
            return self._made("topics" if command == "topics" else "delete", message)
        if command == "feedback":
            return self._line("feedback", message)
        return self._ask(command.replace("_", " "), message)

    def _addressed(self, message: Message, text: str, command: str) -> bool:
        if command:
            return command in words.COMMANDS
        replied = message.reply_to_message
        to_me = replied and replied.from_user and replied.from_user.id == self._settings.bot_id
        return bool(to_me) or bool(self.username and self._name().search(text))

    def _name(self) -> re.Pattern[str]:
        return re.compile(rf"@{re.escape(self.username)}\b", re.IGNORECASE)

    def _without_name(self, text: str) -> str:
        return self._name().sub(" ", text).strip() if self.username else text

    def _first_of_album(self, message: Message) -> bool:
        album = message.media_group_id
        if not album:
            return True
        known = album in self._albums
        self._albums[album] = None
        if len(self._albums) > 1000:
            del self._albums[next(iter(self._albums))]
        return not known

    def _tapped(self, query: CallbackQuery) -> Task:
        message, data = query.message, query.data or ""
        chat = message.chat.id if message else query.from_user.id
        made = Task(
            "confirm", chat, identity.conversation(self._settings, chat, query.from_user.id), tap=query.id, text=data
        )
        if message is None or data == ALREADY:
            return made
        made = dataclasses.replace(made, tapped=message.message_id)
        if data.startswith(PAGE) and data.removeprefix(PAGE).isdecimal():
            return dataclasses.replace(made, do="page", page=int(data.removeprefix(PAGE)))
        topic = data.removeprefix(TOPIC)
        if data.startswith(TOPIC) and topic in replies.texts().library.cards:
            return dataclasses.replace(made, do="ask", text=_title(topic), choice=_title(topic))
        if data.startswith(WORDS):
            said = harmless(data.removeprefix(WORDS))
            return dataclasses.replace(made, do="ask", text=said, choice=said)
        # A button of an earlier version: its topic is no more.
        return dataclasses.replace(made, do="topics")

    def _ask(self, text: str, message: Message, *, seen_text_only: bool = False) -> Task:
        if len(text) > words.LONGEST_TEXT and not red_flags.red_flags().find(text):
            return self._line("too_long", message)
        return dataclasses.replace(self._made("ask", message), text=harmless(text), seen_text_only=seen_text_only)

    def _line(self, name: str, message: Message) -> Task:
        return dataclasses.replace(self._made("line", message), text=name)

    def _made(self, do: Literal["ask", "line", "topics", "delete"], message: Message) -> Task:
        user = message.from_user.id if message.from_user else 0
        return Task(
            do,
            message.chat.id,
            identity.conversation(self._settings, message.chat.id, user),
            reply_to=None if _private(message) else message.message_id,
        )


def _is_asked(command: str, rest: str) -> bool:
    """Words behind a command are what the person wants to know, except where they belong to the command."""
    if command == "start":
        return " " in rest  # one word is what a link carries
    return command not in ("delete", "feedback") or red_flags.red_flags().find(rest) is not None


def _title(topic: str) -> str:
    return replies.texts().library.cards[topic].title


def _private(message: Message) -> bool:
    return message.chat.type == "private"


def _person(message: Message) -> bool:
    """Other bots get no answer, or two of them would never stop."""
    return message.from_user is not None and not message.from_user.is_bot
