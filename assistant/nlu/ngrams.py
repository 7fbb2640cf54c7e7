"""Words, pairs of words and pieces of words as sparse features.

They carry what the sentence encoder doesn't know: names of medicines and foods, slang, and misspelt words by their pieces.
Rasa's CountVectorsFeaturizer counts; weighting by rarity and by length (TF-IDF) is worth several points here.
"""

import itertools
import json
import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

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

from assistant.nlu.readings import texts_of

if TYPE_CHECKING:
    from sklearn.feature_extraction.text import TfidfVectorizer

VOCABULARY_FILE = "ngrams.json"
# The n-grams of the readings that a message always needs, (readings, n-grams), and what makes those of other texts.
READING_NGRAMS = "reading_ngrams"
NGRAMS_OF = "ngrams_of"
_WORD = r"[a-z0-9']+"
_PIECES = (2, 5)
# Words whose pieces are kept looked up, with what people put around them: "b12?".
MOST_WORDS = 20_000


def vectorizers() -> "list[TfidfVectorizer]":
    """Return the two untrained parts: words and pairs of words; pieces of two to five letters within words."""
    from sklearn.feature_extraction.text import TfidfVectorizer  # only training needs it

    return [
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=_WORD, dtype=np.float32),
        TfidfVectorizer(analyzer="char_wb", ngram_range=_PIECES, sublinear_tf=True, min_df=2, dtype=np.float32),
    ]


class Weigher:
    """Gives texts the rows that the fitted vectorizers would.

    Scikit-learn checks and copies its input and cuts every word anew, which takes some milliseconds a message. The pieces of words
    that the training questions have are looked up once; no other word outlives its message here.
    """

    def __init__(self, words: dict[str, int], pieces: dict[str, int], rarity: np.ndarray) -> None:
        """Make it of what the two of ``vectorizers`` have learned.

        Args:
            words: the column of each word and pair of words.
            pieces: the column of each piece, from 0 as well; they stand behind the words' columns.
            rarity: the weight of each column.
        """
        self._words, self._pieces, self._rarity = words, pieces, rarity.astype(np.float32)
        self._pieces_of: dict[str, list[int]] = {}

    def rows(self, texts: Sequence[str]) -> scipy.sparse.csr_matrix:
        """Return (texts, n-grams) weights: 1 + log(count), times the rarity, each part of a row of length 1; float32."""
        found = [part for text in texts for part in self._row(text.lower())]
        ends = np.cumsum([0, *(len(at) for at, _ in found)], dtype=np.int32)[::2]
        return scipy.sparse.csr_matrix(
            (np.concatenate([data for _, data in found]), np.concatenate([at for at, _ in found]), ends),
            shape=(len(texts), len(self._rarity)),
        )

    def _row(self, text: str) -> list[tuple[np.ndarray, np.ndarray]]:
        """Return the columns and weights of a text's words and pairs of words, and those of its pieces."""
        words = re.findall(_WORD, text)
        pairs = [f"{first} {second}" for first, second in itertools.pairwise(words)]
        in_words = [at for term in [*words, *pairs] if (at := self._words.get(term)) is not None]
        in_pieces = [at for word in text.split() for at in self._cut(word)]
        return [self._weighed(in_words), self._weighed(in_pieces)]

    def _weighed(self, columns: list[int]) -> tuple[np.ndarray, np.ndarray]:
        counted = Counter(columns)
        at = np.fromiter(counted.keys(), np.int32, len(counted))
        counts = np.fromiter(counted.values(), np.float32, len(counted))
        weights = (1 + np.log(counts)) * self._rarity[at]
        return at, weights / (np.sqrt(weights @ weights) or 1)

    def _cut(self, word: str) -> list[int]:
        """Return the columns of a word's pieces, as scikit-learn's ``char_wb`` cuts it: with a space on either side."""
        if word in self._pieces_of:
            return self._pieces_of[word]
        around = f" {word} "
        shortest, longest = _PIECES
        # A word that is shorter than a piece counts once, whole.
        longest = min(longest, len(around))
        pieces = (
            around[start : start + length]
            for length in range(shortest, longest + 1)
            for start in range(len(around) - length + 1)
        )
        first = len(self._words)
        found = [first + at for piece in pieces if (at := self._pieces.get(piece)) is not None]
        if word.strip(".,?!") in self._words and len(self._pieces_of) < MOST_WORDS:
            self._pieces_of[word] = found
        return found


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
        rarity = np.concatenate([part.idf_ for part in parts])
        self._weigher = Weigher(parts[0].vocabulary_, parts[1].vocabulary_, rarity)
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
        words, pieces = saved
        rarity = np.array([*words["idf"], *pieces["idf"]])
        component._weigher = Weigher(words["vocabulary"], pieces["vocabulary"], rarity)
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
                # Cutting a sparse matrix takes longer than making it.
                own = rows if len(every) == len(found) else rows[at : at + len(found)]
                first = own if len(found) == 1 else own[0]
                message.add_features(Features(first, FEATURE_TYPE_SENTENCE, TEXT, self._identifier))
                message.set(READING_NGRAMS, own)
                message.set(NGRAMS_OF, self._weigher.rows)
                at += len(found)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add the n-gram rows to the training examples, and nothing else: Rasa's training cache writes out all that they hold as text."""
        for message in self.process(training_data.training_examples):
            for name in (READING_NGRAMS, NGRAMS_OF):
                message.data.pop(name, None)
        return training_data
