"""Says where the answers come from."""

from rasa_sdk import Tracker

from actions import memory
from actions.base import ReplyAction
from assistant import reply as replies
from assistant.reply import Reply


class ShowSources(ReplyAction):
    """Lists the sources of the last answer."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_show_sources"

    def reply(self, tracker: Tracker) -> Reply:
        """Say where answers come from, and list the last one's sources; where more was asked, answer that too."""
        asked = list(tracker.latest_message.get("asked") or [])
        if len(asked) > 1:
            return replies.converse(*asked)
        return replies.show_sources(memory.topics(tracker))
