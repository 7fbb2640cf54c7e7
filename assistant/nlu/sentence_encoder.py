"""The sentence encoder as a Rasa featurizer."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import FEATURIZER_CLASS_ALIAS, TOKENS_NAMES
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant.guidance import library
from assistant.nlu import adapter, minilm
from assistant.nlu.passages import passages_of
from assistant.nlu.readings import texts_of

GRAPH_FILE = "encoder.onnx"
# The vectors of the cards' sentences: encoding a card's at the first follow-up on it would take 0.1 s.
PASSAGES_FILE = "passages.npz"
# The vectors of the readings that a message always needs, (readings, 384), and what makes those of other texts.
READING_VECTORS = "reading_vectors"
VECTORS_OF = "vectors_of"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class SentenceEncoder(DenseFeaturizer, GraphComponent):
    """Gives each message one vector of 384 numbers and length 1 as its sentence feature.

    Words get none of their own: the classifier reads whole sentences. Training builds the encoder's graph with the adapter
    merged in and keeps it in the model, so that a served model never depends on files that changed since.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """A tokenizer must come first: it normalises the text."""
        return [Tokenizer]

    @staticmethod
    def required_packages() -> list[str]:
        """The packages whose versions a trained model depends on."""
        return ["onnxruntime", "tokenizers"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``adapter``: whether the encoder is used as taught with this project's questions, or as published; ``whole_numbers``: whether
        its linear maps are in whole numbers of one byte.
        """
        return {FEATURIZER_CLASS_ALIAS: None, "adapter": True, "whole_numbers": True}

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Nothing in the configuration can be wrong that Rasa doesn't check."""

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Make Rasa's training cache notice another adapter or another way to build the graph."""
        code = Path(minilm.__file__)
        files = (code, code.with_name("quantisation.py"), adapter.ADAPTER)
        return hashlib.sha256(b"".join(file.read_bytes() for file in files if file.exists())).hexdigest()

    def __init__(self, config: dict[str, Any], name: str, model_storage: ModelStorage, resource: Resource) -> None:
        super().__init__(name, config)
        self._model_storage, self._resource = model_storage, resource
        self._encoder: minilm.Encoder | None = None
        self._known: dict[str, np.ndarray] = {}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "SentenceEncoder":
        """Create the component, still without its graph."""
        return cls(config, execution_context.node_name, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Build the graph and keep it in the model."""
        taught = adapter.read() if self._config["adapter"] else {}
        graph = minilm.build_graph(minilm.adapted(minilm.read_weights(), taught))
        if self._config["whole_numbers"]:
            from assistant.nlu.quantisation import quantised  # only training needs it

            texts = [example.get(TEXT) for example in training_data.intent_examples if example.get(TEXT)]
            graph = quantised(graph, minilm.read_tokenizer(), texts)
        encoder = self._encoder = minilm.Encoder(graph)
        said = dict.fromkeys(text for card in library.card_data().values() for text, _ in passages_of(card))
        self._known = {_mark(text): encoder.encode([text])[0] for text in said}
        with self._model_storage.write_to(self._resource) as folder:
            (folder / GRAPH_FILE).write_bytes(graph)
            vectors = np.vstack(list(self._known.values())).astype(np.float16)
            np.savez(folder / PASSAGES_FILE, marks=np.array(list(self._known)), vectors=vectors)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "SentenceEncoder":
        """Load the graph from the model. Raises ValueError if the model has none."""
        component = cls(config, execution_context.node_name, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            component._encoder = minilm.Encoder(folder / GRAPH_FILE)
            with np.load(folder / PASSAGES_FILE, allow_pickle=False) as saved:
                component._known = dict(zip(saved["marks"].tolist(), saved["vectors"].astype(np.float32), strict=True))
        return component

    def vectors_of(self, texts: Sequence[str]) -> np.ndarray:
        """Return one vector a text, float32 (texts, 384); those of the cards' sentences are known. Raises RuntimeError without a graph."""
        if self._encoder is None:
            raise RuntimeError("the sentence encoder is neither trained nor loaded")
        known = [self._known.get(_mark(text)) for text in texts]
        missing = [text for text, vector in zip(texts, known, strict=True) if vector is None]
        made = iter(self._encoder.encode(missing))
        return np.array([next(made) if vector is None else vector for vector in known])

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the sentence vector, and those of all readings, to each message that has words."""
        if self._encoder is None:
            raise RuntimeError("the sentence encoder is neither trained nor loaded")
        worded = [message for message in messages if message.get(TOKENS_NAMES[TEXT])]
        if worded:
            texts = [texts_of(message) for message in worded]
            vectors = self._encoder.encode([text for found in texts for text in found])
            for message, rows in zip(
                worded, np.split(vectors, np.cumsum([len(found) for found in texts])[:-1]), strict=True
            ):
                message.add_features(Features(rows[:1], FEATURE_TYPE_SENTENCE, TEXT, self._identifier))
                message.set(READING_VECTORS, rows)
                message.set(VECTORS_OF, self.vectors_of)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add the sentence vectors to the training examples, and nothing else: Rasa's training cache writes out all that they hold as text.

        Each is encoded alone, as a message is: what is rounded depends on all that stands in a row.
        """
        for message in training_data.training_examples:
            self.process([message])
            for name in (READING_VECTORS, VECTORS_OF):
                message.data.pop(name, None)
        return training_data


def _mark(text: str) -> str:
    """Return what stands for a text: the model holds no text of the cards, which may change after it was trained."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]
