"""Declines what is out of scope."""

import asyncio
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions import memory
from actions.base import ReplyAction
from assistant import reply as replies
from assistant.nlu import languages
from assistant.reply import Reply

# Kinds where the person is known to want something else: there the reply says who can help with it, however often.
_CLEAR = {"other_vitamins", "other_injections", "other_health", "other_languages", "attacks"}


class Decline(ReplyAction):
    """Says what it can't help with, in the words for the kind of message, and what it can."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_decline"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Decline; what tells languages apart is loaded in a thread, since the other conversations would wait for it."""
        if _kind(tracker) == "other_languages":
            # What goes wrong here goes wrong again where it is used, and is answered there.
            await asyncio.gather(asyncio.to_thread(languages.identifier), return_exceptions=True)
        return await super().run(dispatcher, tracker, domain)

    def reply(self, tracker: Tracker) -> Reply:
        """Decline in the words for this kind of message; stop guessing after too many failures."""
        kind = _kind(tracker)
        if kind not in _CLEAR and memory.failures(tracker) >= memory.MOST_FAILURES:
            return replies.stuck()
        if kind == "other_languages":
            return replies.other_language(languages.language_of(str(tracker.latest_message.get("text") or "")))
        return replies.decline(kind)


def _kind(tracker: Tracker) -> str:
    return str(tracker.latest_message.get("out_of_scope_kind") or "other")
