"""Goes back to the answer before the last one."""

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet

from actions import memory
from actions.base import ReplyAction
from assistant import reply as replies
from assistant.reply import Reply


class GoBack(ReplyAction):
    """Shows the answer before the last one again."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_go_back"

    def reply(self, tracker: Tracker) -> Reply:
        """Answer the topics before the last ones; say so if there are none."""
        trail = memory.trail(tracker)
        return replies.answer(trail[-2]) if len(trail) > 1 else replies.converse("go_back")

    def events(self, tracker: Tracker, reply: Reply) -> list[EventType]:
        """Shorten the trail, so that going back twice goes back two answers."""
        return [SlotSet(memory.TRAIL, memory.trail(tracker)[:-1])] if reply.kind == "answer" else []
