"""Whether to answer, to ask back or to decline: one decision from calibrated probabilities and the nearest known question.

A wrong answer is worse than none, so what is not clear is offered as questions, and what is not known is declined.
"""

from dataclasses import dataclass

from assistant.nlu.topic_model import OUT_OF_SCOPE, Prediction

ASK_BACK = "ask_back"


@dataclass(frozen=True)
class Thresholds:
    """The limits of the decision (docs/measurements.md says how they were chosen).

    Attributes:
        answer: a topic at least this probable is answered.
        converse: small talk at least this probable is taken as such; a mistake there costs little.
        margin: a topic is asked back about when another topic comes nearer to it than this.
        offer: topics that reach this probability together are offered.
        offer_each: none is offered below this.
        nearest: a text further than this cosine from every question of its likeliest intent is not answered.
        leaning: a message that leans less than this on what came before is read by itself.
        clear, clear_nearest: a message that is this probable, and this near to a known question, leans on nothing.
        part, part_margin: the same as ``answer`` and ``margin`` for each of several questions in a message, and for one that was
            weighed with what came before it: both are surer than a message's words alone.
        told: a question about the assistant beside others is answered when it is at least this probable.
        loose: the same as ``answer`` for what stands between "and"s without question words.
        loose_known: a message that is known this well as one question isn't looked at between its "and"s.
        apart, loose_apart: a message isn't torn apart when it is known better than its parts by more than this.
        urgent_part: a part of a message that is an emergency with at least this confidence makes the whole one.
        urgent: when an emergency and a crisis are together at least this probable, the likelier is taken.
        urgent_calm, urgent_calm_part: the same where the message's own words say that it isn't happening now.
    """

    answer: float = 0.55
    converse: float = 0.35
    margin: float = 0.4
    offer: float = 0.3
    offer_each: float = 0.03
    nearest: float = 0.5
    leaning: float = 0.35
    clear: float = 0.95
    clear_nearest: float = 0.9
    part: float = 0.35
    part_margin: float = 0.05
    told: float = 0.85
    loose: float = 0.6
    loose_known: float = 0.9
    apart: float = 0.5
    loose_apart: float = 0.0
    urgent_part: float = 0.85
    urgent: float = 0.3
    urgent_calm: float = 0.8
    urgent_calm_part: float = 0.95


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
    worries = [(intent, probability) for intent, probability in prediction.ranking if intent in urgent]
    if worries and sum(probability for _, probability in worries) >= limits.urgent:
        return Decision(*worries[0])
    # Too little for an alarm: then the message is about the likeliest of the rest.
    best, probability = next(item for item in prediction.ranking if item[0] not in urgent)
    refused = dict(prediction.ranking).get(OUT_OF_SCOPE, 0.0)
    if best == OUT_OF_SCOPE or prediction.nearest < limits.nearest:
        return Decision(OUT_OF_SCOPE, refused)
    if best not in topics:
        return Decision(best, probability) if probability >= limits.converse else Decision(OUT_OF_SCOPE, refused)
    rival = max((value for intent, value in prediction.ranking[1:] if intent in topics), default=0.0)
    if probability >= limits.answer and probability - rival >= limits.margin:
        return Decision(best, probability)
    candidates = [
        (intent, value) for intent, value in prediction.ranking if intent in topics and value >= limits.offer_each
    ][:3]
    together = sum(value for _, value in candidates)
    if len(candidates) >= 2 and together >= limits.offer and together > refused:
        return Decision(ASK_BACK, together, tuple(intent for intent, _ in candidates))
    return Decision(OUT_OF_SCOPE, refused)
