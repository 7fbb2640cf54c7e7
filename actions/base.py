"""What all actions share: a turn ends in exactly one reply, and that reply has its steer."""

import logging
from abc import ABC, abstractmethod
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import safety
from assistant import reply as replies
from assistant.reply import Reply

logger = logging.getLogger(__name__)

# The topics of the last answer, so that "tell me more" and "where does that come from" know what is meant.
TOPICS_SLOT = "topics"


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
        dispatcher.utter_message(text=reply.text, json_message=reply.envelope(), buttons=reply.buttons)
        events: list[EventType] = [SlotSet(TOPICS_SLOT, reply.topics)] if reply.kind == "answer" else []
        return [*events, *safety.remembered(tracker, reply)]


def intent(tracker: Tracker) -> str:
    """Return the intent of the latest message."""
    return str(tracker.latest_message["intent"]["name"])


def last_topics(tracker: Tracker) -> list[str]:
    """Return the topics of the last answer in this conversation; none if there was no answer yet."""
    return list(tracker.get_slot(TOPICS_SLOT) or [])
