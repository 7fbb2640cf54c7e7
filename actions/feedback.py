"""Takes "that's wrong" and "not what I asked"."""

from rasa_sdk import Tracker

from actions import memory
from actions.base import ReplyAction
from assistant import reply as replies
from assistant.reply import Reply


class TakeFeedback(ReplyAction):
    """Is sorry, and offers what the last question may have been about instead."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_take_feedback"

    def reply(self, tracker: Tracker) -> Reply:
        """Offer the topics that came next for the last question, if they weren't offered yet."""
        # What came near may be no topic, as small talk: there is nothing to offer of it.
        cards = replies.texts().library.cards
        near, answered = [one for one in memory.near(tracker) if one in cards], memory.topics(tracker)
        if not near or not answered:
            return replies.converse("feedback_negative")
        # An offer has two topics at least: where only one came near, the next is what goes with the answer.
        related = [one for one in cards[answered[-1]].related if one not in (*near, *answered)]
        offer = near if len(near) > 1 else [*near, *related[:1]]
        if len(offer) > 1 and not memory.offered_before(tracker, offer):
            return replies.clarify(offer, words="feedback_negative")
        return replies.converse("feedback_negative")
