"""Which topic a message is about: two linear models and the nearest known questions, together, with calibrated probabilities."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse
from scipy.special import log_softmax, softmax

OUT_OF_SCOPE = "out_of_scope"
# The out-of-scope kinds are classes of their own, written out_of_scope/KIND; their probabilities are added up.
KIND_SEPARATOR = "/"
# How many of the nearest questions vote, and how fast a vote fades with distance. Only questions of so many classes are looked at, those that
# the linear models find likeliest: a fifth of what would have to be read, and 95 of 100 neighbours are the same.
NEIGHBOURS = 20
LIKELIEST = 8
FADING = 0.05
# A class that no neighbour votes for keeps this share.
LEAST_VOTE = 1e-3
# How far each of the three is trusted, before calibration: the mean of several trainings.
UNCALIBRATED = (0.5, 1.5, 0.3)
# The nearest questions of a text: their classes, (k,) indices, and their cosines, (k,).
_Near = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Prediction:
    """What one text may be about.

    Attributes:
        ranking: intents with their probabilities, likeliest first.
        kind: the likeliest kind of out-of-scope message, whatever the ranking.
        nearest: cosine to the nearest known question of the likeliest intent, -1 to 1.
        known: the intent of a known question that is this very text, or None.
    """

    ranking: list[tuple[str, float]]
    kind: str
    nearest: float
    known: str | None


@dataclass(frozen=True)
class Linear:
    """A linear model: ``weights`` (features, classes) and ``bias`` (classes,)."""

    weights: np.ndarray
    bias: np.ndarray

    def scores(self, features: np.ndarray) -> np.ndarray:
        """Return (texts, classes) scores of dense features (texts, features)."""
        return np.asarray(features @ self.weights) + self.bias

    def sparse_scores(self, features: scipy.sparse.csr_matrix) -> np.ndarray:
        """Return (texts, classes) scores of sparse features.

        A text has some 300 of 90,000 n-grams; only their rows are read.
        """
        return np.asarray(features @ self.weights) + self.bias


@dataclass(frozen=True)
class TopicModel:
    """Multinomial logistic regression over sentence vectors, a linear support vector machine over n-grams, and the votes of the
    nearest questions. Their scores are added with three factors, which are fitted to held-out questions so that the
    probabilities are calibrated (matrix scaling reduced to one factor a model, after Guo et al. 2017).

    Attributes:
        classes: intent or ``out_of_scope/KIND``, n.
        dense: over 384 features; sparse: over the n-grams.
        factors: how far the dense, the sparse and the neighbours' scores count.
        questions: the training questions' vectors (m, 384), those of a class together; owners: index into ``classes``, (m,), rising.
    """

    classes: list[str]
    dense: Linear
    sparse: Linear
    factors: tuple[float, float, float]
    questions: np.ndarray
    owners: np.ndarray
    intents: list[str] = field(init=False)
    _adding: np.ndarray = field(init=False)
    _kinds: list[int] = field(init=False)
    _intent_of: np.ndarray = field(init=False)
    _rows_of: list[slice] = field(init=False)

    def __post_init__(self) -> None:
        intents = sorted({name.split(KIND_SEPARATOR)[0] for name in self.classes})
        owner = np.array([intents.index(name.split(KIND_SEPARATOR)[0]) for name in self.classes])
        # Derived once, not at each message.
        object.__setattr__(self, "intents", intents)
        object.__setattr__(self, "_adding", np.eye(len(intents), dtype=np.float32)[owner])
        object.__setattr__(self, "_kinds", [index for index, name in enumerate(self.classes) if KIND_SEPARATOR in name])
        object.__setattr__(self, "_intent_of", owner)
        starts = np.searchsorted(self.owners, range(len(self.classes) + 1)).tolist()
        object.__setattr__(self, "_rows_of", [slice(*rows) for rows in itertools.pairwise(starts)])

    @classmethod
    def fit(
        cls, vectors: np.ndarray, ngrams: scipy.sparse.csr_matrix, labels: Sequence[str], unseen: np.ndarray
    ) -> "TopicModel":
        """Fit the model.

        Args:
            vectors: (m, 384), of length 1.
            ngrams: (m, n-grams).
            labels: m classes.
            unseen: (m,) booleans: questions that the encoder wasn't taught with. The three factors are fitted on them with models that
                haven't seen them either.
        """
        targets = np.asarray(labels)
        factors = UNCALIBRATED
        if unseen.any() and set(targets[unseen]) <= set(targets[~unseen]):
            trial = cls._fit(vectors[~unseen], ngrams[~unseen], targets[~unseen], UNCALIBRATED)
            parts, _ = trial._parts(vectors[unseen], ngrams[unseen])
            factors = _calibrated(parts, np.searchsorted(trial.classes, targets[unseen]))
        return cls._fit(vectors, ngrams, targets, factors)

    @classmethod
    def _fit(
        cls,
        vectors: np.ndarray,
        ngrams: scipy.sparse.csr_matrix,
        targets: np.ndarray,
        factors: tuple[float, float, float],
    ) -> "TopicModel":
        from sklearn.linear_model import LogisticRegression  # only training needs it
        from sklearn.svm import LinearSVC

        # Both strengths were chosen by cross-validation on the training questions.
        dense = LogisticRegression(C=10, max_iter=500, class_weight="balanced", random_state=0).fit(vectors, targets)
        sparse = LinearSVC(C=0.5, class_weight="balanced", random_state=0).fit(ngrams, targets)
        # An out-of-scope class is named after its intent, so sorted classes are sorted intents.
        together = np.argsort(targets, kind="stable")
        return cls(
            classes=[str(name) for name in dense.classes_],
            dense=_linear(dense),
            sparse=_linear(sparse),
            factors=factors,
            questions=vectors[together].astype(np.float32),
            owners=np.searchsorted(dense.classes_, targets[together]).astype(np.int16),
        )

    def predict(self, vectors: np.ndarray, ngrams: scipy.sparse.csr_matrix) -> list[Prediction]:
        """Return what each message may be about, from its vector (n, 384) and its n-grams (n, n-grams)."""
        parts, near = self._parts(vectors, ngrams)
        return [self._one(*row) for row in zip(self._weighed(parts), vectors, near, strict=True)]

    def probabilities(self, vectors: np.ndarray, ngrams: scipy.sparse.csr_matrix) -> np.ndarray:
        """Return (n, classes) probabilities, the out-of-scope kinds apart."""
        return self._weighed(self._parts(vectors, ngrams)[0])

    def _weighed(self, parts: list[np.ndarray]) -> np.ndarray:
        return np.asarray(softmax(sum(factor * part for factor, part in zip(self.factors, parts, strict=True)), axis=1))

    def _parts(self, vectors: np.ndarray, ngrams: scipy.sparse.csr_matrix) -> tuple[list[np.ndarray], list[_Near]]:
        """Return the three models' scores, (texts, classes) each, and each text's nearest questions."""
        dense, sparse = self.dense.scores(vectors), self.sparse.sparse_scores(ngrams)
        linear = UNCALIBRATED[0] * dense + UNCALIBRATED[1] * sparse
        near = [self._nearest(*row) for row in zip(vectors, linear, strict=True)]
        return [dense, sparse, np.array([self._votes(*one) for one in near])], near

    def _nearest(self, vector: np.ndarray, linear: np.ndarray) -> _Near:
        """Return the nearest questions of a text, in no order, among those of the classes that are likeliest by the linear models."""
        count = min(LIKELIEST, len(linear))
        rows = [self._rows_of[index] for index in np.argpartition(-linear, count - 1)[:count].tolist()]
        cosines = np.concatenate([self.questions[each] @ vector for each in rows])
        owners = np.concatenate([self.owners[each] for each in rows])
        first = max(len(cosines) - NEIGHBOURS, 0)
        at = np.argpartition(cosines, first)[first:]
        return owners[at], cosines[at]

    def _votes(self, owners: np.ndarray, cosines: np.ndarray) -> np.ndarray:
        """Return the (classes,) logarithms of the shares of a text's nearest questions."""
        strength = np.exp((cosines - cosines.max()) / FADING)
        votes = np.bincount(owners, strength / strength.sum(), minlength=len(self.classes))
        return np.asarray(np.log(votes + LEAST_VOTE))

    def _one(self, probabilities: np.ndarray, vector: np.ndarray, near: _Near) -> Prediction:
        owners, cosines = near
        by_intent = probabilities @ self._adding
        order = np.argsort(-by_intent, kind="stable")
        first = int(np.argmax(cosines))
        kind = self._kinds[int(np.argmax(probabilities[self._kinds]))] if self._kinds else None
        return Prediction(
            ranking=[
                (self.intents[index], share)
                for index, share in zip(order.tolist(), by_intent[order].tolist(), strict=True)
            ],
            kind=self.classes[kind].split(KIND_SEPARATOR)[1] if kind is not None else "",
            nearest=self._nearest_of(int(order[0]), vector, near),
            known=self.intents[self._intent_of[owners[first]]] if cosines[first] > 0.9995 else None,
        )

    def _nearest_of(self, intent: int, vector: np.ndarray, near: _Near) -> float:
        """Return the cosine to the nearest known question of an intent; mostly one of its questions is among the nearest of all."""
        owners, cosines = near
        own = cosines[self._intent_of[owners] == intent]
        if len(own):
            return float(own.max())
        rows = [self._rows_of[index] for index in np.flatnonzero(self._intent_of == intent).tolist()]
        return max(float((self.questions[each] @ vector).max()) for each in rows)

    def write(self, path: Path) -> None:
        """Write the model to ``path`` (.npz, without pickles)."""
        np.savez(
            path,
            classes=np.array(self.classes),
            factors=np.array(self.factors),
            owners=self.owners,
            dense_weights=self.dense.weights,
            dense_bias=self.dense.bias,
            sparse_weights=self.sparse.weights.astype(np.float16),
            sparse_bias=self.sparse.bias,
            questions=self.questions.astype(np.float16),
        )

    @classmethod
    def read(cls, path: Path) -> "TopicModel":
        """Read a model that ``write`` wrote."""
        with np.load(path, allow_pickle=False) as saved:
            first, second, third = (float(value) for value in saved["factors"])
            return cls(
                classes=[str(name) for name in saved["classes"]],
                dense=Linear(saved["dense_weights"], saved["dense_bias"]),
                sparse=Linear(saved["sparse_weights"].astype(np.float32), saved["sparse_bias"]),
                factors=(first, second, third),
                questions=saved["questions"].astype(np.float32),
                owners=saved["owners"],
            )


def _linear(fitted: Any) -> Linear:
    """Return a fitted linear model of scikit-learn."""
    return Linear(np.ascontiguousarray(fitted.coef_.T, dtype=np.float32), fitted.intercept_.astype(np.float32))


def _calibrated(parts: list[np.ndarray], targets: np.ndarray) -> tuple[float, float, float]:
    """Return the three factors that make the held-out questions' own classes likeliest."""
    from scipy.optimize import minimize

    rows = np.arange(len(targets))

    def loss(logarithms: np.ndarray) -> float:
        scores = sum(factor * part for factor, part in zip(np.exp(logarithms), parts, strict=True))
        return float(-log_softmax(scores, axis=1)[rows, targets].mean())

    found = minimize(
        loss, np.log(UNCALIBRATED), method="Nelder-Mead", options={"xatol": 1e-3, "fatol": 1e-5, "maxiter": 400}
    )
    first, second, third = (float(value) for value in np.exp(found.x))
    return first, second, third
