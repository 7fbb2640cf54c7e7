"""Declines what is out of scope."""

from rasa_sdk import Tracker

from actions import memory
from actions.base import ReplyAction
from assistant import reply as replies
from assistant.nlu.languages import language_of
from assistant.reply import Reply

# Kinds where the person is known to want something else: there the reply says who can help with it, however often.
_CLEAR = {"other_vitamins", "other_injections", "other_health", "other_languages", "attacks"}


class Decline(ReplyAction):
    """Says what it can't help with, in the words for the kind of message, and what it can."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_decline"

    def reply(self, tracker: Tracker) -> Reply:
        """Decline in the words for this kind of message; stop guessing after too many failures."""
        kind = tracker.latest_message.get("out_of_scope_kind") or "other"
        if kind not in _CLEAR and memory.failures(tracker) >= memory.MOST_FAILURES:
            return replies.stuck()
        if kind == "other_languages":
            return replies.other_language(language_of(str(tracker.latest_message.get("text") or "")))
        return replies.decline(kind)
