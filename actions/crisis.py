"""Answers thoughts of suicide or self-harm."""

from rasa_sdk import Tracker

from actions.base import ReplyAction
from assistant import reply as replies
from assistant.reply import Reply


class Crisis(ReplyAction):
    """Gives the crisis line of the region."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_crisis"

    def reply(self, tracker: Tracker) -> Reply:
        """Say who listens, day and night."""
        return replies.crisis()
