"""The intent classifier: a topic, a question back, or a refusal."""

import hashlib
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant.guidance import library
from assistant.nlu import adapter, decision, follow_ups, red_flags, topic_model, understanding
from assistant.nlu.decision import Decision, Thresholds
from assistant.nlu.ngrams import NGRAMS_OF, READING_NGRAMS
from assistant.nlu.passages import PassageFinder
from assistant.nlu.readings import READINGS, Part, Readings
from assistant.nlu.sentence_encoder import READING_VECTORS, VECTORS_OF
from assistant.nlu.topic_model import KIND_SEPARATOR, OUT_OF_SCOPE, Prediction, TopicModel
from assistant.nlu.understanding import Predictions, Scope, Understanding, understand

MODEL_FILE = "topics.npz"
# What the actions read of a message beyond Rasa's own fields: the topics asked about, the topics to offer, the kind of an
# out-of-scope message, and the paragraph of the last answer's card that a follow-up asks about.
ASKED = "asked"
OFFERED = "offered"
KIND = "out_of_scope_kind"
PASSAGE = "passage"


def label(example: Message) -> str:
    """Return a training example's class: its intent, and for an out-of-scope example its kind as well."""
    intent = str(example.get(INTENT))
    kind = ((example.get("metadata") or {}).get("intent") or {}).get("kind")
    return f"{intent}{KIND_SEPARATOR}{kind}" if kind else intent


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class TopicClassifier(IntentClassifier, GraphComponent):
    """Sets a message's intent to a topic, a conversation intent, ``ask_back`` or ``out_of_scope``, and what an action needs to know."""

    @classmethod
    def required_components(cls) -> list[type]:
        """Featurizers for sentence vectors and for n-grams must come first."""
        return [Featurizer]

    @staticmethod
    def required_packages() -> list[str]:
        """The packages whose versions a trained model depends on."""
        return ["sklearn"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The thresholds, the intents that must not be missed, those that can't be offered as topics, and those that are questions."""
        return {
            **asdict(Thresholds()),
            "urgent_intents": [],
            "conversation_intents": [],
            "told_intents": [],
            "ranking_length": 5,
        }

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Make Rasa's training cache notice a change in the modules that this component is made of."""
        modules = (topic_model, decision, understanding, follow_ups, adapter)
        return hashlib.sha256(b"".join(Path(str(module.__file__)).read_bytes() for module in modules)).hexdigest()

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, model: TopicModel | None = None
    ) -> None:
        self._config = {**self.get_default_config(), **config}
        self._limits = Thresholds(**{name: self._config[name] for name in asdict(Thresholds())})
        self._model_storage, self._resource = model_storage, resource
        self._model = model
        self._scope = self._scope_now()
        self._passages = PassageFinder()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "TopicClassifier":
        """Create the component, untrained."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Fit the model on the examples' sentence vectors and keep it in the model."""
        examples = [example for example in training_data.intent_examples if _features(example)]
        vectors, ngrams = _stacked(examples)
        unseen = np.array([adapter.held_out(example.get(TEXT)) for example in examples])
        self._model = TopicModel.fit(vectors, ngrams, [label(example) for example in examples], unseen)
        self._scope = self._scope_now()
        with self._model_storage.write_to(self._resource) as folder:
            self._model.write(folder / MODEL_FILE)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "TopicClassifier":
        """Load the trained model. Raises ValueError if there is none: an untrained classifier must never serve."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, TopicModel.read(folder / MODEL_FILE))

    def process(self, messages: list[Message]) -> list[Message]:
        """Set each message's intent, ranking, topics asked, offered topics and out-of-scope kind."""
        worded = [message for message in messages if message.get(READING_VECTORS) is not None]
        predictions = iter(self.predictions(worded))
        for message in worded:
            readings = message.get(READINGS) or Readings((message.get(TEXT),), Part(0))
            found = Predictions(
                [next(predictions) for _ in range(readings.always_needed)], partial(self._others, message, readings)
            )
            limits = self._limits
            if red_flags.red_flags().judge(message.get(TEXT)).calm:
                limits = replace(limits, urgent=limits.urgent_calm, urgent_part=limits.urgent_calm_part)
            understood = understand(readings, found, self._scope, limits)
            self._set(message, understood)
            message.set(PASSAGE, self._passage(message, readings, understood), add_to_output=True)
        for message in messages:
            if message.get(READING_VECTORS) is None:  # nothing was left of it after normalising
                nothing = Understanding(Decision(OUT_OF_SCOPE, 1.0), (), [(OUT_OF_SCOPE, 1.0)], "gibberish")
                self._set(message, nothing)
        return messages

    def predictions(self, messages: list[Message]) -> list[Prediction]:
        """Return the prediction for each reading that each message always needs, in their order. Raises RuntimeError without a trained model."""
        if self._model is None:
            raise RuntimeError("the topic classifier is neither trained nor loaded")
        if not messages:
            return []
        vectors = [message.get(READING_VECTORS) for message in messages]
        ngrams = [message.get(READING_NGRAMS) for message in messages]
        if len(messages) == 1:
            return self._model.predict(vectors[0], ngrams[0])
        return self._model.predict(np.vstack(vectors), scipy.sparse.vstack(ngrams).tocsr())

    def _others(self, message: Message, readings: Readings, indices: list[int]) -> list[Prediction]:
        """Return the predictions for readings that this message needs as well."""
        if self._model is None:
            raise RuntimeError("the topic classifier is neither trained nor loaded")
        texts = [readings.texts[index] for index in indices]
        return self._model.predict(message.get(VECTORS_OF)(texts), message.get(NGRAMS_OF)(texts))

    def _passage(self, message: Message, readings: Readings, found: Understanding) -> list[str | int] | None:
        """Return the version and the index of the paragraph that a follow-up on the last answer's topic asks about."""
        if len(found.asked) != 1 or found.asked[0] not in readings.before or readings.chosen is not None:
            return None
        place = self._passages.find(found.asked[0], message.get(READING_VECTORS)[0], message.get(VECTORS_OF))
        return list(place) if place else None

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing later in the pipeline reads the intents of the training examples."""
        return training_data

    def _set(self, message: Message, found: Understanding) -> None:
        chosen = found.decision
        message.set(INTENT, {"name": chosen.intent, "confidence": chosen.confidence}, add_to_output=True)
        message.set(
            "intent_ranking",
            [{"name": name, "confidence": value} for name, value in found.ranking[: self._config["ranking_length"]]],
            add_to_output=True,
        )
        message.set(ASKED, list(found.asked), add_to_output=True)
        message.set(OFFERED, list(chosen.offered), add_to_output=True)
        message.set(KIND, found.kind if chosen.intent == OUT_OF_SCOPE else "", add_to_output=True)

    def _scope_now(self) -> Scope:
        intents = self._model.intents if self._model else []
        topics = frozenset(intents) - frozenset(self._config["conversation_intents"]) - {OUT_OF_SCOPE}
        related = {topic: frozenset(card["related"]) for topic, card in library.card_data().items()}
        return Scope(
            topics, frozenset(self._config["urgent_intents"]), frozenset(self._config["told_intents"]), related
        )


def _features(message: Message) -> tuple[np.ndarray, scipy.sparse.csr_matrix] | None:
    _, vector = message.get_dense_features(TEXT)
    _, ngrams = message.get_sparse_features(TEXT)
    return (vector.features, ngrams.features) if vector and ngrams else None


def _stacked(messages: list[Message]) -> tuple[np.ndarray, scipy.sparse.csr_matrix]:
    features = [found for message in messages if (found := _features(message))]
    return np.vstack([vector for vector, _ in features]), scipy.sparse.vstack(
        [ngrams for _, ngrams in features]
    ).tocsr()
