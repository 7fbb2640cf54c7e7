"""Tokenises English with spaCy's rules. No downloaded model: a blank pipeline."""

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant.nlu.language import english
from assistant.nlu.normalise import normalise

# spaCy's words of a message that is being understood, for the components behind: making them takes a quarter of a millisecond.
WORDS = "words"


def plain(text: str) -> str:
    """Return a message's text as the rest of the pipeline reads it: normalised, and without leading slashes.

    Rasa runs a text that begins with '/' as an intent of the sender's choice; nobody may choose the assistant's intents.
    """
    return normalise(text).lstrip("/ ")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class EnglishTokenizer(Tokenizer):
    """Normalises each message's text, then splits it into words with spaCy's English rules."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Rasa's options for splitting intent names; this project's intents are never split."""
        return {"intent_tokenization_flag": False, "intent_split_symbol": "_", "token_pattern": None}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> GraphComponent:
        """Create the component (see Rasa's GraphComponent)."""
        return cls(config)

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        self._language = english()

    def process(self, messages: list[Message]) -> list[Message]:
        """Normalise and tokenise incoming messages."""
        for message in messages:
            message.set(TEXT, plain(message.get(TEXT) or ""), add_to_output=True)
        return super().process(messages)

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Normalise and tokenise the training examples."""
        for example in training_data.training_examples:
            if example.get(TEXT):
                example.set(TEXT, plain(example.get(TEXT)))
        super().process_training_data(training_data)
        for example in training_data.training_examples:
            example.data.pop(WORDS, None)  # Rasa's training cache writes out all that an example holds
        return training_data

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """Split one attribute's text into tokens."""
        doc = self._language.make_doc(message.get(attribute))
        if attribute == TEXT:
            message.set(WORDS, doc)
        return [Token(token.text, token.idx) for token in doc if not token.is_space]
