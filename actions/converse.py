"""Small talk and questions about the assistant itself."""

from rasa_sdk import Tracker

from actions.base import ReplyAction, intent
from assistant import reply as replies
from assistant.reply import Reply


class Converse(ReplyAction):
    """Gives the fixed reply to a conversation intent: greeting, thanks, privacy, how to reach a person and so on."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_converse"

    def reply(self, tracker: Tracker) -> Reply:
        """Give the reply that has the intent's name; several where the message asks several things."""
        asked = list(tracker.latest_message.get("asked") or [])
        return replies.converse(*(asked if len(asked) > 1 else [intent(tracker)]))
