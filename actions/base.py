"""What all actions share: a turn ends in exactly one reply, and that reply has its steer."""

import logging
from abc import ABC, abstractmethod
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions import memory, safety
from assistant import reply as replies
from assistant.channels.turn import NOTES
from assistant.reply import Reply

logger = logging.getLogger(__name__)


class ReplyAction(Action, ABC):
    """An action that gives one reply."""

    @abstractmethod
    def reply(self, tracker: Tracker) -> Reply:
        """Choose the reply to the tracker's latest message."""

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Send the reply; when choosing it fails, send the ``failed`` reply. The person's words are not logged."""
        try:
            reply = safety.held(tracker) or safety.urged(tracker, self.reply(tracker))
        except Exception as error:  # whatever broke, the person gets a reply with its steer
            logger.error("%s failed with %s; the 'failed' reply was sent", self.name(), type(error).__name__)
            reply = replies.failed()
        dispatcher.utter_message(
            text=reply.text,
            json_message={**reply.envelope(), NOTES: safety.notes(tracker, reply)},
            buttons=reply.buttons,
        )
        return [*memory.remembered(tracker, reply), *self.events(tracker, reply), *safety.remembered(tracker, reply)]

    def events(self, tracker: Tracker, reply: Reply) -> list[EventType]:
        """Return what this action changes in the conversation's memory beyond what every reply does."""
        return []


def intent(tracker: Tracker) -> str:
    """Return the intent of the latest message."""
    return str(tracker.latest_message["intent"]["name"])
