"""Rasa components, trained on a handful of questions."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant.nlu.english import EnglishTokenizer
from assistant.nlu.ngrams import NgramFeaturizer
from assistant.nlu.sentence_encoder import SentenceEncoder
from assistant.nlu.topic_classifier import TopicClassifier

EXAMPLES = {
    "frequency": [
        "how often are the jabs",
        "every three months or two",
        "how many weeks between injections",
        "is it monthly",
    ],
    "injection_pain": ["does it hurt", "is the needle painful", "i am scared of needles", "will my arm sting"],
    "greet": ["hello", "hi there", "good morning", "hiya"],
    "out_of_scope": ["what is the weather", "who won the match", "tell me a joke", "book a taxi"],
}


def message(text: str, intent: str | None = None) -> Message:
    data: dict[str, Any] = {TEXT: text}
    if intent:
        data[INTENT] = intent
        if intent == "out_of_scope":
            data["metadata"] = {"intent": {"kind": "not_health"}}
    return Message(data=data)


class Pipeline:
    """The project's pipeline: trained, or loaded anew from the same storage."""

    def __init__(self, folder: Path) -> None:
        self._storage = LocalModelStorage.create(folder)
        self._context = ExecutionContext(GraphSchema({}))
        self.components: list[Any] = []

    def train(self) -> "Pipeline":
        data = TrainingData([message(text, intent) for intent, texts in EXAMPLES.items() for text in texts])
        for kind in (EnglishTokenizer, NgramFeaturizer, SentenceEncoder, TopicClassifier):
            component = kind.create(self._config(kind), self._storage, Resource(kind.__name__), self._context)
            if hasattr(component, "train"):
                component.train(data)
            data = component.process_training_data(data)
            self.components.append(component)
        return self

    def loaded(self) -> "Pipeline":
        again = Pipeline.__new__(Pipeline)
        again._storage, again._context = self._storage, self._context
        again.components = [
            kind.load(self._config(kind), self._storage, Resource(kind.__name__), self._context)
            for kind in (EnglishTokenizer, NgramFeaturizer, SentenceEncoder, TopicClassifier)
        ]
        return again

    def parse(self, *texts: str, components: int = 4) -> list[Message]:
        messages = [message(text) for text in texts]
        for component in self.components[:components]:
            messages = component.process(messages)
        return messages

    @staticmethod
    def _config(kind: type) -> dict[str, Any]:
        config = dict(kind.get_default_config())
        if kind is TopicClassifier:
            config["conversation_intents"] = ["greet"]
        return config


@pytest.fixture(scope="session")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Pipeline:
    return Pipeline(tmp_path_factory.mktemp("components")).train()


Parse = Callable[..., list[Message]]
