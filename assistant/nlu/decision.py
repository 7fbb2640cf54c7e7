"""Whether to answer, to ask back or to decline: one decision from calibrated probabilities and the nearest known question.

A wrong answer is worse than none, so what is not clear is offered as questions, and what is not known is declined.
"""

from dataclasses import dataclass

from assistant.nlu.topic_model import OUT_OF_SCOPE, Prediction

ASK_BACK = "ask_back"


@dataclass(frozen=True)
class Thresholds:
    """The limits of the decision, chosen on the held-out training questions by ``b12 evaluate --limits`` (docs/measurements.md).

    Attributes:
        answer: an intent at least this probable is taken.
        offer: topics that reach this probability together are offered.
        offer_each: none is offered below this.
        nearest: a text further than this cosine from every question of its likeliest intent is not answered.
        urgent: an emergency or a crisis at least this probable is taken as one.
    """

    answer: float = 0.5
    offer: float = 0.45
    offer_each: float = 0.06
    nearest: float = 0.45
    urgent: float = 0.35


@dataclass(frozen=True)
class Decision:
    """An intent to act on; the topics to offer when it is ``ask_back``."""

    intent: str
    confidence: float
    offered: tuple[str, ...] = ()


def decide(prediction: Prediction, topics: frozenset[str], urgent: frozenset[str], limits: Thresholds) -> Decision:
    """Decide on one prediction.

    Args:
        prediction: from ``TopicModel.predict``.
        topics: the intents that have a card, and so can be offered.
        urgent: the intents that must not be missed.
        limits: the thresholds.
    """
    if prediction.known:
        return Decision(prediction.known, 1.0)
    for intent, probability in prediction.ranking:
        if intent in urgent and probability >= limits.urgent:
            return Decision(intent, probability)
    best, probability = prediction.ranking[0]
    near = prediction.nearest >= limits.nearest
    if best == OUT_OF_SCOPE and probability >= limits.answer:
        return Decision(OUT_OF_SCOPE, probability)
    if best != OUT_OF_SCOPE and probability >= limits.answer and near:
        return Decision(best, probability)
    candidates = [(intent, value) for intent, value in prediction.ranking if intent in topics and value >= limits.offer_each][:3]
    together = sum(value for _, value in candidates)
    if best != OUT_OF_SCOPE and near and len(candidates) >= 2 and together >= limits.offer:
        return Decision(ASK_BACK, together, tuple(intent for intent, _ in candidates))
    return Decision(OUT_OF_SCOPE, dict(prediction.ranking).get(OUT_OF_SCOPE, 0.0))
