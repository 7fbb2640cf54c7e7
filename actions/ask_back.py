"""Asks which of two or three topics was meant."""

from rasa_sdk import Tracker

from actions.base import ReplyAction
from assistant import reply as replies
from assistant.reply import Reply


class AskBack(ReplyAction):
    """Offers the topics that the classifier found close together."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_ask_back"

    def reply(self, tracker: Tracker) -> Reply:
        """Offer the topics as questions in lay words."""
        return replies.clarify(list(tracker.latest_message["offered"]))
