"""Apologises when no rule fits a turn."""

from rasa_sdk import Tracker

from actions.base import ReplyAction
from assistant import reply as replies
from assistant.reply import Reply


class Fail(ReplyAction):
    """What the policy falls back to: the person is never met with silence."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_fail"

    def reply(self, tracker: Tracker) -> Reply:
        """Apologise and steer."""
        return replies.failed()
