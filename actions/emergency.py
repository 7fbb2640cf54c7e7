"""Sends the person to an ambulance."""

from rasa_sdk import Tracker

from actions.base import ReplyAction
from assistant import reply as replies
from assistant.reply import Reply


class Emergency(ReplyAction):
    """Answers something urgent that happens now."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_emergency"

    def reply(self, tracker: Tracker) -> Reply:
        """Say whom to call now."""
        flag = tracker.latest_message.get("red_flag") or {}
        return replies.emergency(flag.get("hazard"))
