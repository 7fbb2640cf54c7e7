"""Answers a topic from its card."""

from rasa_sdk import Tracker

from actions import further, memory
from actions.base import ReplyAction, intent
from assistant import reply as replies
from assistant.reply import Reply


class AnswerTopic(ReplyAction):
    """The one action behind all topics: the intent's name is the card's."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_answer"

    def reply(self, tracker: Tracker) -> Reply:
        """Answer the topics that the message asks about, in its order, with what is known of the names in it."""
        asked = list(tracker.latest_message.get("asked") or []) or [intent(tracker)]
        told = [name for name in asked if name in replies.texts().fixed.replies]
        topics = [name for name in asked if name not in told]
        if len(topics) == 1 and not told:
            return further.answer(tracker, topics[0])
        return replies.answer(topics, told=told, mentions=memory.mentions(tracker))
