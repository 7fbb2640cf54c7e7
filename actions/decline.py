"""Declines what is out of scope."""

from rasa_sdk import Tracker

from actions.base import ReplyAction
from assistant import reply as replies
from assistant.reply import Reply


class Decline(ReplyAction):
    """Says what it can't help with, in the words for the kind of message, and what it can."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_decline"

    def reply(self, tracker: Tracker) -> Reply:
        """Decline in the words for this kind of message."""
        return replies.decline(tracker.latest_message.get("out_of_scope_kind") or "other")
