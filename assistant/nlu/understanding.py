"""What a message asks: one topic, several, or something to ask back about; from the predictions for all its readings."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.nlu import follow_ups
from assistant.nlu.decision import ASK_BACK, Decision, Thresholds, decide
from assistant.nlu.readings import Part, Readings
from assistant.nlu.topic_model import OUT_OF_SCOPE, Prediction

# The intent of a message that refuses all topics that were offered.
NONE_OF_THESE = "none_of_these"
# A message is answered on at most this many topics.
MOST_TOPICS = 3
# A topic that was just offered is so many times likelier to be meant by the next few words.
OFFERED_FACTOR = 6.0
FEW_WORDS = 8


class Predictions:
    """The predictions for a message's readings, by their index.

    Encoding is the most of a turn, and most messages are clear by themselves. So of the readings that aren't always needed each is made
    when it is asked for.
    """

    def __init__(self, made: Sequence[Prediction], others: Callable[[list[int]], list[Prediction]]) -> None:
        """Make it.

        Args:
            made: the predictions for the first readings.
            others: makes those for the readings with the given indices.
        """
        self._made = dict(enumerate(made))
        self._others = others

    def make(self, indices: Iterable[int | None]) -> None:
        """Make several at once, which takes less time than one after the other; what is made already, and None, is left out."""
        missing = [index for index in indices if index is not None and index not in self._made]
        if missing:
            self._made.update(zip(missing, self._others(missing), strict=True))

    def __getitem__(self, index: int) -> Prediction:
        """Return the prediction for the reading with this index."""
        self.make([index])
        return self._made[index]


@dataclass(frozen=True)
class Scope:
    """What there is to understand.

    Attributes:
        topics: the intents that have a card.
        urgent: the intents that must not be missed.
        told: the intents without a card that are a question of their own, as "is this private".
        related: the topics that each card names as related.
    """

    topics: frozenset[str]
    urgent: frozenset[str]
    told: frozenset[str]
    related: Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Understanding:
    """A decision for the whole message; ``asked``: the topics to answer, in order; ``kind``: of an out-of-scope message."""

    decision: Decision
    asked: tuple[str, ...]
    ranking: Sequence[tuple[str, float]]
    kind: str


def understand(readings: Readings, predictions: Predictions, scope: Scope, limits: Thresholds) -> Understanding:
    """Decide what a message asks.

    Args:
        readings: the message's readings.
        predictions: those for the readings.
        scope: the topics and intents there are.
        limits: the thresholds.
    """
    if readings.chosen is not None:
        intent = readings.chosen[0] if readings.chosen else NONE_OF_THESE
        return Understanding(Decision(intent, 1.0), readings.chosen, predictions[0].ranking, "")
    if readings.open:
        return Understanding(Decision(ASK_BACK, 1.0, readings.offered), (), predictions[0].ranking, "")

    def decided(prediction: Prediction) -> Decision:
        return decide(prediction, scope.topics, scope.urgent, limits)

    # Whether something is urgent is judged by the words alone: what came before can't calm it.
    for part in (readings.whole, *readings.parts):
        worry = decide(predictions[part.alone], scope.topics, scope.urgent, limits)
        if worry.intent in scope.urgent and (part is readings.whole or worry.confidence >= limits.urgent_part):
            return Understanding(worry, (), predictions[0].ranking, "")
    predictions.make(_surely_joined(readings, predictions, scope, limits))
    last = readings.before[-1] if readings.before else None
    weighed = _weighed(readings.whole, last, readings, predictions, scope, limits)
    whole = _expected(weighed, readings)
    in_context = replace(limits, answer=limits.part, margin=limits.part_margin)
    # Only what leans on an answer, or takes up an offer, is surer than its words: a vague message after an offer is vague.
    after_something = weighed is not predictions[readings.whole.alone] or whole.ranking[0][0] in readings.offered
    decision = decide(whole, scope.topics, scope.urgent, in_context if after_something else limits)
    for parts, limits_of_parts, apart in (
        (readings.parts, replace(in_context, margin=0.0), limits.apart),
        (readings.loose, replace(limits, answer=limits.loose), limits.loose_apart),
    ):
        if parts is readings.loose:
            known = decision.intent in scope.topics and decision.confidence >= limits.loose_known
            if known or len(parts) > MOST_TOPICS:
                continue
            predictions.make(part.alone for part in parts)
        found = _in_turn(parts, last, readings, predictions, scope, limits_of_parts)
        answerable = [
            each.intent
            for each in found
            if each.intent in scope.topics
            or (parts is readings.parts and each.intent in scope.told and each.confidence >= limits.told)
        ]
        asked = tuple(dict.fromkeys(answerable))[:MOST_TOPICS]
        weakest = min((each.confidence for each in found if each.intent in asked), default=0.0)
        # What is known better as one question isn't torn apart.
        one = decision.intent in scope.topics and decision.confidence - weakest > apart
        if len(asked) >= 2 and not one and (parts is readings.parts or len(asked) == len(parts)):
            # A card's topic decides the action, since that one answers both kinds.
            intent = next((name for name in asked if name in scope.topics), asked[0])
            return Understanding(Decision(intent, weakest), asked, whole.ranking, "")
        if decision.intent in (ASK_BACK, OUT_OF_SCOPE) and len(asked) == 1 and parts is readings.parts:
            # Only one of several questions was understood: that one is answered.
            return Understanding(Decision(asked[0], weakest), asked, whole.ranking, "")
    answered = (decision.intent,) if decision.intent in scope.topics else ()
    return Understanding(decision, answered, whole.ranking, whole.kind)


def _surely_joined(readings: Readings, predictions: Predictions, scope: Scope, limits: Thresholds) -> list[int | None]:
    """Return the readings together with what came before that are needed whatever is found in the others."""
    if not readings.before:
        return []
    leaning = [
        part
        for part in (readings.whole, *readings.parts[:1])
        if _lean(part, readings.before[-1], readings, predictions, scope, limits) is not None
    ]
    return [part.joined for part in leaning]


def _in_turn(
    parts: Sequence[Part],
    last: str | None,
    readings: Readings,
    predictions: Predictions,
    scope: Scope,
    limits: Thresholds,
) -> list[Decision]:
    """Decide on the parts of a message, each after the one before it.

    A later part that is clear by itself is about something else than the one before; only one that isn't leans on it: "what is
    b12 and where do you get it from".
    """
    found: list[Decision] = []
    for part in parts:
        alone = decide(predictions[part.alone], scope.topics, scope.urgent, limits)
        settled = alone.intent in scope.topics or (alone.intent in scope.told and alone.confidence >= limits.clear)
        if found and settled:
            found.append(alone)
            continue
        before = found[-1].intent if found and parts is readings.parts else last
        weighed = _weighed(part, before if before in scope.topics else None, readings, predictions, scope, limits)
        found.append(decide(weighed, scope.topics, scope.urgent, limits))
    return found


def _weighed(
    part: Part,
    before: str | None,
    readings: Readings,
    predictions: Predictions,
    scope: Scope,
    limits: Thresholds,
) -> Prediction:
    """Return the prediction for a question after ``before``, the topic that came before it, as far as it leans on that."""
    alone = predictions[part.alone]
    lean = _lean(part, before, readings, predictions, scope, limits)
    if lean is None or part.joined is None or before is None:
        return alone
    joined = predictions[part.joined]
    return follow_ups.weigh(alone, joined, lean, before, scope.related, scope.topics, follow_ups.weights())


def _lean(
    part: Part, before: str | None, readings: Readings, predictions: Predictions, scope: Scope, limits: Thresholds
) -> float | None:
    """Return how far a question leans on ``before``; None where it doesn't."""
    alone = predictions[part.alone]
    best, probability = alone.ranking[0]
    near = alone.nearest >= limits.clear_nearest or best == OUT_OF_SCOPE
    clear = (best in scope.topics or best == OUT_OF_SCOPE) and probability >= limits.clear and near
    if part.joined is None or before is None or clear:
        return None
    lean = follow_ups.leaning(readings.texts[part.alone], alone, scope.topics, follow_ups.weights())
    return lean if lean >= limits.leaning else None


def _expected(prediction: Prediction, readings: Readings) -> Prediction:
    """Make the topics likelier that were just offered: the person may choose by a word or two."""
    if not readings.offered or len(readings.texts[0].split()) > FEW_WORDS:
        return prediction
    shares = {name: value * (OFFERED_FACTOR if name in readings.offered else 1.0) for name, value in prediction.ranking}
    total = sum(shares.values())
    ranking = sorted(((name, value / total) for name, value in shares.items()), key=lambda item: -item[1])
    return replace(prediction, ranking=ranking, known=None)
