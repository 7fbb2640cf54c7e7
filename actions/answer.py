"""Answers a topic from its card."""

from rasa_sdk import Tracker

from actions.base import ReplyAction, intent
from assistant import reply as replies
from assistant.guidance.entities import Mention
from assistant.reply import Reply

# Kinds of names that go on to matter in later answers. A medicine or a condition matters where it is named.
KEPT = ("group", "form", "region")


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
        return replies.answer(topics, told=told, mentions=mentions(tracker))


def mentions(tracker: Tracker) -> list[Mention]:
    """Return the names in the message, then the group, the form and the region that were spoken of before."""
    named = [Mention(found["entity"], found["value"]) for found in tracker.latest_message.get("entities") or []]
    kinds = {mention.kind for mention in named}
    kept = [Mention(kind, tracker.get_slot(kind)) for kind in KEPT if kind not in kinds and tracker.get_slot(kind)]
    return list(dict.fromkeys([*named, *kept]))
