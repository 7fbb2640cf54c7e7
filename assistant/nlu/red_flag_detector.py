"""The red flags as a Rasa component: they win over whatever the classifier found."""

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from assistant.nlu import red_flags
from assistant.nlu.red_flags import RED_FLAG, Alarm

INTENTS = {"now": "emergency", "crisis": "self_harm"}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class RedFlagDetector(GraphComponent):
    """Sets the intent of a message that tells of an emergency or a crisis, and marks one that needs help the same day.

    It is the pipeline's last component. A classifier that breaks takes the pipeline with it; then the channel, which asks the
    same rules, answers (``assistant.channels.turn``).
    """

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "RedFlagDetector":
        """Create the component (see Rasa's GraphComponent)."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Mark each message that tells of something urgent."""
        for message in messages:
            mark(message, red_flags.red_flags().find(message.get(TEXT) or ""))
        return messages


def mark(message: Message, alarm: Alarm | None) -> None:
    """Put what the rules found into a message; where they found nothing, what the urgency classifier found stands."""
    if alarm is None:
        message.set(RED_FLAG, message.get(RED_FLAG), add_to_output=True)
        return
    message.set(RED_FLAG, {"hazard": alarm.hazard, "urgency": alarm.urgency}, add_to_output=True)
    if alarm.urgency in INTENTS:
        message.set(INTENT, {"name": INTENTS[alarm.urgency], "confidence": 1.0}, add_to_output=True)
