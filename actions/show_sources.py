"""Says where the answers come from."""

from rasa_sdk import Tracker

from actions.base import ReplyAction, last_topics
from assistant import reply as replies
from assistant.reply import Reply


class ShowSources(ReplyAction):
    """Lists the sources of the last answer."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_show_sources"

    def reply(self, tracker: Tracker) -> Reply:
        """Say where answers come from, and list the last one's sources."""
        return replies.show_sources(last_topics(tracker))
