"""Answers a topic from its card."""

from rasa_sdk import Tracker

from actions.base import ReplyAction, intent
from assistant import reply as replies
from assistant.reply import Reply


class AnswerTopic(ReplyAction):
    """The one action behind all topics: the intent's name is the card's."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_answer"

    def reply(self, tracker: Tracker) -> Reply:
        """Answer the topic that the message is about."""
        return replies.answer([intent(tracker)])
