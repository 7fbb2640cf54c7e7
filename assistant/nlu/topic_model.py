"""Which topic a sentence vector is about: a linear model with calibrated probabilities, and the nearest known questions."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import minimize_scalar
from sklearn.linear_model import LogisticRegression

OUT_OF_SCOPE = "out_of_scope"
# The out-of-scope kinds are classes of their own, written out_of_scope/KIND; their probabilities are added up.
KIND_SEPARATOR = "/"


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
class TopicModel:
    """Multinomial logistic regression over sentence vectors, with temperature scaling (Guo et al. 2017).

    Attributes:
        classes: intent or ``out_of_scope/KIND``, n.
        weights: (n, 384); bias: (n,); temperature: above 1 flattens the probabilities.
        questions: the training questions' vectors (m, 384), float16; owners: index into ``classes``, (m,).
    """

    classes: list[str]
    weights: np.ndarray
    bias: np.ndarray
    temperature: float
    questions: np.ndarray
    owners: np.ndarray

    @classmethod
    def fit(cls, vectors: np.ndarray, labels: Sequence[str], unseen: np.ndarray, *, strength: float = 10.0) -> "TopicModel":
        """Fit the model.

        Args:
            vectors: (m, 384), of length 1.
            labels: m classes.
            unseen: (m,) booleans: questions that the encoder wasn't taught with; the temperature is fitted on them with a model that
                hasn't seen them either.
            strength: inverse of the regularisation (scikit-learn's C).
        """
        targets = np.asarray(labels)
        temperature = 1.0
        if unseen.any() and not unseen.all() and set(targets[unseen]) <= set(targets[~unseen]):
            trial = _regression(strength).fit(vectors[~unseen], targets[~unseen])
            temperature = _temperature(trial.decision_function(vectors[unseen]), np.searchsorted(trial.classes_, targets[unseen]))
        final = _regression(strength).fit(vectors, targets)
        return cls([str(name) for name in final.classes_], final.coef_.astype(np.float32), final.intercept_.astype(np.float32), temperature,
                   vectors.astype(np.float16), np.searchsorted(final.classes_, targets).astype(np.int16))

    def __post_init__(self) -> None:
        intents = sorted({name.split(KIND_SEPARATOR)[0] for name in self.classes})
        owner = np.array([intents.index(name.split(KIND_SEPARATOR)[0]) for name in self.classes])
        # Derived once: the classes' intents, and the questions as float32, which numpy multiplies ten times faster than float16.
        object.__setattr__(self, "_intents", intents)
        object.__setattr__(self, "_adding", np.eye(len(intents), dtype=np.float32)[owner])
        object.__setattr__(self, "_kinds", [index for index, name in enumerate(self.classes) if KIND_SEPARATOR in name])
        object.__setattr__(self, "_questions", self.questions.astype(np.float32))
        object.__setattr__(self, "_question_intents", owner[self.owners])

    _intents: list[str] = None  # type: ignore[assignment]
    _adding: np.ndarray = None  # type: ignore[assignment]
    _kinds: list[int] = None  # type: ignore[assignment]
    _questions: np.ndarray = None  # type: ignore[assignment]
    _question_intents: np.ndarray = None  # type: ignore[assignment]

    @property
    def intents(self) -> list[str]:
        """The intents, sorted by name."""
        return self._intents

    def predict(self, vectors: np.ndarray) -> list[Prediction]:
        """Return what each of ``vectors`` (n, 384) may be about."""
        return [self._one(row, similar) for row, similar in
                zip(self.class_probabilities(vectors), vectors @ self._questions.T, strict=True)]

    def class_probabilities(self, vectors: np.ndarray) -> np.ndarray:
        """Return (n, classes) probabilities, out-of-scope kinds apart."""
        scores = (vectors @ self.weights.T + self.bias) / self.temperature
        scores -= scores.max(axis=1, keepdims=True)
        raised = np.exp(scores)
        return raised / raised.sum(axis=1, keepdims=True)

    def _one(self, probabilities: np.ndarray, similar: np.ndarray) -> Prediction:
        by_intent = probabilities @ self._adding
        order = np.argsort(-by_intent, kind="stable")
        nearest = int(np.argmax(similar))
        known = self._intents[self._question_intents[nearest]] if similar[nearest] > 0.999 else None
        kind = self.classes[max(self._kinds, key=lambda index: probabilities[index])].split(KIND_SEPARATOR)[1] if self._kinds else ""
        return Prediction(
            ranking=[(self._intents[index], float(by_intent[index])) for index in order],
            kind=kind,
            nearest=float(similar[self._question_intents == order[0]].max()),
            known=known,
        )

    def write(self, path: Path) -> None:
        """Write the model to ``path`` (.npz, without pickles)."""
        np.savez(path, classes=np.array(self.classes), weights=self.weights, bias=self.bias, temperature=np.array(self.temperature),
                 questions=self.questions, owners=self.owners)

    @classmethod
    def read(cls, path: Path) -> "TopicModel":
        """Read a model that ``write`` wrote."""
        with np.load(path, allow_pickle=False) as saved:
            return cls([str(name) for name in saved["classes"]], saved["weights"], saved["bias"], float(saved["temperature"]),
                       saved["questions"], saved["owners"])


def _regression(strength: float) -> LogisticRegression:
    return LogisticRegression(C=strength, max_iter=500, class_weight="balanced", random_state=0)


def _temperature(scores: np.ndarray, targets: np.ndarray) -> float:
    def loss(temperature: float) -> float:
        scaled = scores / temperature
        scaled = scaled - scaled.max(axis=1, keepdims=True)
        return float(np.mean(np.log(np.exp(scaled).sum(axis=1)) - scaled[np.arange(len(targets)), targets]))

    return float(minimize_scalar(loss, bounds=(0.05, 10.0), method="bounded").x)
