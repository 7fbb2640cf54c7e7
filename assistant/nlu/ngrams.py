"""Words, pairs of words and pieces of words as sparse features.

They carry what the sentence encoder doesn't know: names of medicines and foods, slang, and misspelt words by their pieces.
Rasa's CountVectorsFeaturizer counts; weighting by rarity and by length (TF-IDF) is worth several points here.
"""

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import scipy.sparse
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import FEATURIZER_CLASS_ALIAS, TOKENS_NAMES
from rasa.nlu.featurizers.sparse_featurizer.sparse_featurizer import SparseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from sklearn.feature_extraction.text import TfidfVectorizer

from assistant.nlu.readings import texts_of

VOCABULARY_FILE = "ngrams.json"
# The n-grams of all a message's readings, (readings, n-grams).
READING_NGRAMS = "reading_ngrams"
_WORD = r"[a-z0-9']+"


def vectorizers() -> list[TfidfVectorizer]:
    """Return the two untrained parts: words and pairs of words; pieces of two to five letters within words."""
    return [
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=_WORD, dtype=np.float32),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=2, dtype=np.float32),
    ]


class Weigher:
    """Gives texts the rows that the fitted vectorizers would. Scikit-learn checks and copies its input, which takes 1 ms a message."""

    def __init__(self, parts: Sequence[TfidfVectorizer]) -> None:
        self._parts = [(part.build_analyzer(), part.vocabulary_, np.asarray(part.idf_, np.float32)) for part in parts]
        self._width = sum(len(vocabulary) for _, vocabulary, _ in self._parts)

    def rows(self, texts: Sequence[str]) -> scipy.sparse.csr_matrix:
        """Return (texts, n-grams) weights: 1 + log(count), times the rarity, each part of a row of length 1; float32."""
        indices: list[np.ndarray] = []
        data: list[np.ndarray] = []
        ends = [0]
        for text in texts:
            first, length = 0, 0
            for analyse, vocabulary, rarity in self._parts:
                counts = Counter(at for term in analyse(text) if (at := vocabulary.get(term)) is not None)
                at = np.fromiter(sorted(counts), np.int32, len(counts))
                weights = (1 + np.log(np.array([counts[one] for one in at], np.float32))) * rarity[at]
                indices.append(at + np.int32(first))
                data.append(weights / (np.sqrt(weights @ weights) or 1))
                first, length = first + len(vocabulary), length + len(at)
            ends.append(ends[-1] + length)
        return scipy.sparse.csr_matrix(
            (np.concatenate(data), np.concatenate(indices), np.array(ends, np.int32)), shape=(len(texts), self._width)
        )


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class NgramFeaturizer(SparseFeaturizer, GraphComponent):
    """Gives each message one sparse row of n-gram weights as its sentence feature."""

    @classmethod
    def required_components(cls) -> list[type]:
        """A tokenizer must come first: it normalises the text."""
        return [Tokenizer]

    @staticmethod
    def required_packages() -> list[str]:
        """The packages whose versions a trained model depends on."""
        return ["sklearn"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """No options beyond Rasa's alias."""
        return {FEATURIZER_CLASS_ALIAS: None}

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Nothing in the configuration can be wrong."""

    def __init__(self, config: dict[str, Any], name: str, model_storage: ModelStorage, resource: Resource) -> None:
        super().__init__(name, config)
        self._model_storage, self._resource = model_storage, resource
        self._weigher: Weigher | None = None

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "NgramFeaturizer":
        """Create the component, still without its vocabulary."""
        return cls(config, execution_context.node_name, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the vocabulary and its weights from the training questions."""
        texts = [example.get(TEXT) for example in training_data.intent_examples if example.get(TEXT)]
        parts = [part.fit(texts) for part in vectorizers()]
        self._weigher = Weigher(parts)
        with self._model_storage.write_to(self._resource) as folder:
            saved = [
                {
                    "vocabulary": {term: int(index) for term, index in part.vocabulary_.items()},
                    "idf": [round(float(value), 5) for value in part.idf_],
                }
                for part in parts
            ]
            (folder / VOCABULARY_FILE).write_text(json.dumps(saved), encoding="utf-8")
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "NgramFeaturizer":
        """Load the vocabulary from the model. Raises ValueError if the model has none."""
        component = cls(config, execution_context.node_name, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            saved = json.loads((folder / VOCABULARY_FILE).read_text(encoding="utf-8"))
        parts = []
        for part, state in zip(vectorizers(), saved, strict=True):
            part.vocabulary_ = state["vocabulary"]
            part.idf_ = np.array(state["idf"], dtype=np.float32)
            parts.append(part)
        component._weigher = Weigher(parts)
        return component

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the n-gram row, and those of all readings, to each message that has words."""
        if self._weigher is None:
            raise RuntimeError("the n-gram featurizer is neither trained nor loaded")
        worded = [message for message in messages if message.get(TOKENS_NAMES[TEXT])]
        if worded:
            texts = [texts_of(message) for message in worded]
            every = [text for found in texts for text in found]
            rows = self._weigher.rows(every)
            at = 0
            for message, found in zip(worded, texts, strict=True):
                message.add_features(Features(rows[at], FEATURE_TYPE_SENTENCE, TEXT, self._identifier))
                message.set(READING_NGRAMS, rows[at : at + len(found)])
                at += len(found)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add the n-gram rows to the training examples, and nothing else: Rasa's training cache writes out all that they hold as text."""
        for message in self.process(training_data.training_examples):
            message.data.pop(READING_NGRAMS, None)
        return training_data
