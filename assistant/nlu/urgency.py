"""How urgent a text is, learned from examples: the second detector beside the rules of ``data/safety``.

The rules know what somebody wrote down; this knows what resembles it. It learns from the examples of emergencies, of crises and of
each same-day hazard, and from every other training question as calm.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import scipy.sparse
from scipy.special import softmax

from assistant.nlu.topic_model import Linear

NOW, CRISIS, CALM = "now", "crisis", "calm"
# The intents of the training questions whose urgency isn't a same-day hazard.
OF_INTENT = {"emergency": NOW, "self_harm": CRISIS}
# How loosely the model may fit: chosen on the messages of tests/safety, where 10 to 30 differ little.
STRENGTH = 30.0


@dataclass(frozen=True)
class Urgency:
    """How urgent one text is.

    Attributes:
        now, crisis: the probabilities of an emergency and of a crisis.
        same_day: the probability of all same-day hazards together.
        hazard: the likeliest same-day hazard, whatever its probability; "" if the model knows none.
    """

    now: float
    crisis: float
    same_day: float
    hazard: str

    @property
    def urgent(self) -> float:
        """The probability that help is needed at once, of either kind."""
        return self.now + self.crisis


@dataclass(frozen=True)
class UrgencyModel:
    """Multinomial logistic regression over sentence vectors and n-grams together.

    ``classes``: ``now``, ``crisis``, ``calm`` and the same-day hazards, n of them. ``dense``: over 384 features; ``sparse``: over the
    n-grams.
    """

    classes: list[str]
    dense: Linear
    sparse: Linear

    @classmethod
    def fit(cls, vectors: np.ndarray, ngrams: scipy.sparse.csr_matrix, labels: Sequence[str]) -> "UrgencyModel":
        """Fit the model.

        Args:
            vectors: (m, 384), of length 1. ngrams: (m, n-grams).
            labels: m classes.
        """
        from sklearn.linear_model import LogisticRegression  # only training needs it

        features = scipy.sparse.hstack([scipy.sparse.csr_matrix(vectors), ngrams]).tocsr()
        fitted = LogisticRegression(C=STRENGTH, max_iter=400, random_state=0).fit(features, np.asarray(labels))
        width = vectors.shape[1]
        # scikit-learn keeps one row of weights where there are only two classes.
        weights, bias = fitted.coef_.T, fitted.intercept_
        if weights.shape[1] == 1:
            weights, bias = np.hstack([-weights / 2, weights / 2]), np.concatenate([-bias / 2, bias / 2])
        return cls(
            [str(name) for name in fitted.classes_],
            Linear(np.ascontiguousarray(weights[:width], dtype=np.float32), bias.astype(np.float32)),
            # As they are written.
            Linear(
                np.ascontiguousarray(weights[width:].astype(np.float16), dtype=np.float32),
                np.zeros(len(bias), dtype=np.float32),
            ),
        )

    def predict(self, vectors: np.ndarray, ngrams: scipy.sparse.csr_matrix) -> list[Urgency]:
        """Return how urgent each text is, from its vector (n, 384) and its n-grams (n, n-grams)."""
        scores = self.dense.scores(vectors) + self.sparse.sparse_scores(ngrams)
        return [self._one(dict(zip(self.classes, row, strict=True))) for row in softmax(scores, axis=1).tolist()]

    def _one(self, probabilities: dict[str, float]) -> Urgency:
        now, crisis = probabilities.pop(NOW, 0.0), probabilities.pop(CRISIS, 0.0)
        probabilities.pop(CALM, None)
        hazard = max(probabilities, key=lambda name: probabilities[name], default="")
        return Urgency(now, crisis, sum(probabilities.values()), hazard)

    def write(self, path: Path) -> None:
        """Write the model to ``path`` (.npz, without pickles)."""
        np.savez(
            path,
            classes=np.array(self.classes),
            dense_weights=self.dense.weights,
            dense_bias=self.dense.bias,
            sparse_weights=self.sparse.weights.astype(np.float16),
            sparse_bias=self.sparse.bias,
        )

    @classmethod
    def read(cls, path: Path) -> "UrgencyModel":
        """Read a model that ``write`` wrote."""
        with np.load(path, allow_pickle=False) as saved:
            return cls(
                [str(name) for name in saved["classes"]],
                Linear(saved["dense_weights"], saved["dense_bias"]),
                Linear(saved["sparse_weights"].astype(np.float32), saved["sparse_bias"]),
            )
