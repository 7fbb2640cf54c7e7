"""Begins the conversation anew."""

from rasa_sdk import Tracker
from rasa_sdk.events import EventType

from actions import memory
from actions.base import ReplyAction
from assistant import reply as replies
from assistant.reply import Reply


class StartAgain(ReplyAction):
    """Forgets what was spoken of and asks what the person would like to know."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_start_again"

    def reply(self, tracker: Tracker) -> Reply:
        """Say that the conversation begins anew."""
        return replies.converse("start_again")

    def events(self, tracker: Tracker, reply: Reply) -> list[EventType]:
        """Forget the conversation so far. After an emergency nothing is forgotten until the person is safe."""
        return memory.forgotten() if reply.topics == ["start_again"] else []
