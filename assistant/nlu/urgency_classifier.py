"""The urgency model as a Rasa component, between the topic classifier and the red-flag rules."""

import hashlib
from dataclasses import asdict, dataclass
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

from assistant.nlu import red_flags, topic_model, urgency
from assistant.nlu.ngrams import READING_NGRAMS
from assistant.nlu.readings import READINGS, Readings
from assistant.nlu.red_flags import RED_FLAG, Judgement
from assistant.nlu.sentence_encoder import READING_VECTORS
from assistant.nlu.urgency import CALM, OF_INTENT, Urgency, UrgencyModel

MODEL_FILE = "urgency.npz"


@dataclass(frozen=True)
class Limits:
    """From which probability on the model raises an alarm (docs/measurements.md says how they were chosen).

    Attributes:
        whole: that a whole message is urgent. part: that one of its parts is; a part out of its context is judged more strictly.
        calm: the same for both where the rules find a sign and the words say that it isn't happening now.
        milder: the same for both where all that the rules find is a same-day sign: it is headed "see somebody today" anyway.
        same_day: that a message, or a part of it, needs to be seen the same day.
    """

    whole: float = 0.3
    part: float = 0.85
    calm: float = 0.85
    milder: float = 0.7
    same_day: float = 0.4


def label(intent: str, hazard: str, text: str) -> str | None:
    """Return a training question's urgency; None for one to leave out.

    Args:
        intent: its intent.
        hazard: the same-day hazard that it was written for, or "".
        text: a calm question that the rules take for a same-day sign teaches nothing, and is left out.
    """
    if intent in OF_INTENT:
        return OF_INTENT[intent]
    if hazard:
        return hazard
    alarm = red_flags.red_flags().find(text)
    return None if alarm and alarm.urgency == "same_day" else CALM


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class UrgencyClassifier(IntentClassifier, GraphComponent):
    """Makes a message that resembles emergencies one, and marks one that resembles same-day signs."""

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
        """The limits."""
        return asdict(Limits())

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Make Rasa's training cache notice a change in the modules that this component is made of."""
        modules = (urgency, topic_model)
        return hashlib.sha256(b"".join(Path(str(module.__file__)).read_bytes() for module in modules)).hexdigest()

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, model: UrgencyModel | None = None
    ) -> None:
        values = {**self.get_default_config(), **config}
        self._limits = Limits(**{name: values[name] for name in asdict(Limits())})
        self._model_storage, self._resource = model_storage, resource
        self._model = model

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "UrgencyClassifier":
        """Create the component, untrained."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Fit the model on the examples' features and keep it in the model."""
        vectors, ngrams, labels = [], [], []
        for example in training_data.intent_examples:
            _, vector = example.get_dense_features(TEXT)
            _, ngram = example.get_sparse_features(TEXT)
            hazard = ((example.get("metadata") or {}).get("intent") or {}).get("hazard", "")
            found = label(str(example.get(INTENT)), hazard, example.get(TEXT)) if vector and ngram else None
            if found:
                vectors.append(vector.features)
                ngrams.append(ngram.features)
                labels.append(found)
        self._model = UrgencyModel.fit(np.vstack(vectors), scipy.sparse.vstack(ngrams).tocsr(), labels)
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
    ) -> "UrgencyClassifier":
        """Load the trained model. Raises ValueError if there is none: an untrained classifier must never serve."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, UrgencyModel.read(folder / MODEL_FILE))

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the intent of each urgent message, and mark each same-day one. Raises RuntimeError without a trained model."""
        if self._model is None:
            raise RuntimeError("the urgency classifier is neither trained nor loaded")
        for message in messages:
            readings: Readings | None = message.get(READINGS)
            if readings is None or message.get(READING_VECTORS) is None:
                continue
            # What came before can't make a message urgent, nor calm it: only its own words count.
            found = self._model.predict(message.get(READING_VECTORS), message.get(READING_NGRAMS))
            mark(message, found, self._limits, red_flags.red_flags().judge(message.get(TEXT)))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing later in the pipeline reads the training examples."""
        return training_data


def mark(message: Message, found: list[Urgency], limits: Limits, judged: Judgement) -> None:
    """Put into a message what was found.

    Args:
        message: the message.
        found: how urgent the whole is, then each of its parts.
        limits: the limits.
        judged: what the rules say of the message.
    """
    milder = judged.alarm is not None and judged.alarm.urgency == "same_day"
    for index, one in enumerate(found):
        limit = limits.calm if judged.calm else limits.milder if milder else limits.part if index else limits.whole
        if one.urgent >= limit:
            intent = "emergency" if one.now >= one.crisis else "self_harm"
            message.set(INTENT, {"name": intent, "confidence": one.urgent}, add_to_output=True)
            return
    likeliest = max(found, key=lambda one: one.same_day)
    # What is urgent to some degree as well is seen the same day at least.
    if likeliest.hazard and likeliest.same_day + likeliest.urgent >= limits.same_day and likeliest.same_day > 0.1:
        message.set(RED_FLAG, {"hazard": likeliest.hazard, "urgency": "same_day"}, add_to_output=True)
