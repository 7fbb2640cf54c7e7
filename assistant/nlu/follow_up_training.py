"""Fits how follow-ups are understood: ``python -m assistant.nlu.follow_up_training`` reads ``data/follow_ups/examples.yml``, asks the
trained model for its predictions and writes ``data/follow_ups/weights.json``.

The accuracy that it prints comes from cross-validation.
"""

import asyncio
import json
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from rasa.core.agent import Agent
from rasa.shared.nlu.training_data.message import Message
from scipy.optimize import minimize
from scipy.special import logsumexp, softmax
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold, cross_val_predict

from assistant import models, paths, yaml_lines
from assistant.guidance import library
from assistant.nlu.follow_ups import WEIGHTS, Weights, columns, signs
from assistant.nlu.readings import READINGS, Part, Readings
from assistant.nlu.topic_classifier import TopicClassifier
from assistant.nlu.topic_model import Prediction
from assistant.server import load_agent

EXAMPLES = paths.DATA / "follow_ups" / "examples.yml"
# How strongly the factors are held near "what the message means by itself".
_HELD = 0.02
_FOLDS = 10


@dataclass(frozen=True)
class Example:
    """A message after an answer; ``topics``: those accepted; ``leans``: it can't be understood by itself."""

    before: str
    says: str
    topics: tuple[str, ...]
    leans: bool


def read_examples() -> list[Example]:
    """Read the examples."""
    return [
        Example(item["before"], item["says"], tuple(item["topics"]), bool(item["leans"]))
        for item in yaml_lines.load(EXAMPLES).data
    ]


def fit(examples: list[Example], alone: list[Prediction], joined: list[Prediction]) -> tuple[Weights, str]:
    """Return the fitted weights, and the cross-validated accuracy in words.

    Args:
        examples: n examples.
        alone: n predictions for what was said.
        joined: n predictions for it behind the title of the answer before.
    """
    cards = library.card_data()
    topics = frozenset(cards)
    related = {topic: frozenset(card["related"]) for topic, card in cards.items()}
    forms = np.array([signs(one.says, own, topics) for one, own in zip(examples, alone, strict=True)], dtype=float)
    leans = np.array([one.leans for one in examples])
    regression = LogisticRegression(C=3, class_weight="balanced", max_iter=5000)
    lean = cross_val_predict(regression, forms, leans, cv=_FOLDS, method="predict_proba")[:, 1]
    regression.fit(forms, leans)
    # Every prediction ranks the same intents; each example's rows stand in its own order.
    features = np.stack(
        [
            columns(own, both, strength, one.before, related, topics)
            for one, own, both, strength in zip(examples, alone, joined, lean, strict=True)
        ]
    )
    targets = np.array(
        [[name in one.topics for name, _ in own.ranking] for one, own in zip(examples, alone, strict=True)]
    )
    right = np.zeros(len(examples), dtype=bool)
    for seen, unseen in KFold(_FOLDS, shuffle=True, random_state=0).split(features):
        shares = softmax(features[unseen] @ _choice(features[seen], targets[seen]), axis=1)
        right[unseen] = targets[unseen][np.arange(len(unseen)), shares.argmax(axis=1)]
    fitted = Weights(
        tuple(float(value) for value in regression.coef_[0]),
        float(regression.intercept_[0]),
        tuple(float(value) for value in _choice(features, targets)),
    )
    return (
        fitted,
        f"leaning {right[leans].mean():.1%} of {leans.sum()}, fresh {right[~leans].mean():.1%} of {(~leans).sum()}",
    )


def _choice(features: np.ndarray, targets: np.ndarray) -> np.ndarray:
    start = np.zeros(features.shape[2])
    start[0] = 1.0

    def loss(factors: np.ndarray) -> float:
        scores = features @ factors
        found = logsumexp(np.where(targets, scores, -np.inf), axis=1) - logsumexp(scores, axis=1)
        return float(-found.mean() + _HELD * ((factors - start) ** 2).sum())

    return np.asarray(minimize(loss, start).x)


def predictions(agent: Agent, texts: list[str]) -> list[Prediction]:
    """Return what the trained model makes of each text by itself."""
    assert agent.processor
    components: list[Any] = [node._component for node in agent.processor.graph_runner._nodes.values()]
    classifier = next(one for one in components if isinstance(one, TopicClassifier))
    found = []
    for text in texts:
        message = Message({"text": text})
        for component in components[: components.index(classifier)]:
            if type(component).__name__ in ("EnglishTokenizer", "NgramFeaturizer", "SentenceEncoder"):
                if type(component).__name__ == "NgramFeaturizer":
                    message.set(READINGS, Readings((message.get("text"),), Part(0)))
                component.process([message])
        found += classifier.predictions([message])
    return found


def main() -> None:
    """Fit and write the weights."""
    examples = read_examples()
    titles = {topic: card["title"] for topic, card in library.card_data().items()}
    agent = asyncio.run(load_agent(models.find()))
    alone = predictions(agent, [one.says for one in examples])
    joined = predictions(agent, [f"{titles[one.before]} {one.says}" for one in examples])
    fitted, accuracy = fit(examples, alone, joined)
    WEIGHTS.write_text(json.dumps(asdict(fitted), indent=1) + "\n", encoding="utf-8")
    print(f"{paths.shown(WEIGHTS)}: {accuracy} right")


if __name__ == "__main__":
    main()
