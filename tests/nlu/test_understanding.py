"""One topic, several, or what came before: the decision for a whole message from the predictions for its readings."""

from assistant.nlu import follow_ups
from assistant.nlu.decision import ASK_BACK, Thresholds
from assistant.nlu.readings import Part, Readings
from assistant.nlu.topic_model import OUT_OF_SCOPE, Prediction
from assistant.nlu.understanding import NONE_OF_THESE, Predictions, Scope, understand

TOPICS = ("dosage", "frequency", "injection_pain")
SCOPE = Scope(frozenset(TOPICS), frozenset({"emergency"}), frozenset({"privacy"}), {"dosage": frozenset({"frequency"})})


def prediction(**shares: float) -> Prediction:
    rest = [*TOPICS, "emergency", "privacy", "thanks", OUT_OF_SCOPE]
    left = (1 - sum(shares.values())) / (len(rest) - len(shares))
    ranking = sorted(((name, shares.get(name, left)) for name in rest), key=lambda item: -item[1])
    return Prediction(ranking, "other", 0.8, None)


def made(*predictions: Prediction) -> Predictions:
    """The predictions for all of a message's readings."""

    def never(indices: list[int]) -> list[Prediction]:
        raise AssertionError(f"the readings {indices} are not needed")

    return Predictions(predictions, never)


def compound(whole: Prediction, *parts: Prediction):
    readings = Readings(("x", *("y" for _ in parts)), Part(0), tuple(Part(index) for index in range(1, len(parts) + 1)))
    return understand(readings, made(whole, *parts), SCOPE, Thresholds())


def test_two_clear_parts_are_both_asked() -> None:
    found = compound(prediction(dosage=0.5, frequency=0.4), prediction(dosage=0.9), prediction(frequency=0.9))
    assert found.asked == ("dosage", "frequency")
    assert found.decision.intent == "dosage"


def test_a_question_about_the_assistant_counts_and_a_card_decides_the_action() -> None:
    found = compound(prediction(privacy=0.5, frequency=0.4), prediction(privacy=0.9), prediction(frequency=0.9))
    assert found.asked == ("privacy", "frequency")
    assert found.decision.intent == "frequency"


def test_what_is_known_better_as_one_is_not_torn_apart() -> None:
    found = compound(prediction(dosage=0.99), prediction(dosage=0.45), prediction(frequency=0.38, dosage=0.1))
    assert found.asked == ("dosage",)


def test_an_emergency_in_a_part_wins() -> None:
    found = compound(prediction(dosage=0.9), prediction(dosage=0.9), prediction(emergency=0.97))
    assert found.decision.intent == "emergency"
    assert found.asked == ()


def test_what_came_before_cannot_calm_an_emergency() -> None:
    readings = Readings(("x", "title x"), Part(0, 1), before=("dosage",))
    found = understand(readings, made(prediction(emergency=0.5), prediction(dosage=0.99)), SCOPE, Thresholds())
    assert found.decision.intent == "emergency"


def test_the_one_part_that_is_understood_is_answered() -> None:
    found = compound(prediction(**{OUT_OF_SCOPE: 0.6}), prediction(**{OUT_OF_SCOPE: 0.9}), prediction(frequency=0.9))
    assert found.asked == ("frequency",)


def test_a_choice_is_taken_and_a_refusal_is_one() -> None:
    chosen = Readings(("2",), Part(0), offered=("dosage", "frequency"), chosen=("frequency",))
    refused = Readings(("none",), Part(0), offered=("dosage", "frequency"), chosen=())
    assert understand(chosen, made(prediction(thanks=0.9)), SCOPE, Thresholds()).asked == ("frequency",)
    assert understand(refused, made(prediction(thanks=0.9)), SCOPE, Thresholds()).decision.intent == NONE_OF_THESE


def test_a_choice_that_leaves_open_which_is_asked_again() -> None:
    both = Readings(("both",), Part(0), offered=TOPICS, open=True)
    found = understand(both, made(prediction()), SCOPE, Thresholds())
    assert (found.decision.intent, found.decision.offered, found.asked) == (ASK_BACK, TOPICS, ())


def test_a_word_or_two_choose_among_the_offered() -> None:
    close = prediction(dosage=0.4, frequency=0.3, injection_pain=0.25)
    alone = understand(Readings(("pain one",), Part(0)), made(close), SCOPE, Thresholds())
    offered = understand(
        Readings(("pain one",), Part(0), offered=("injection_pain",)), made(close), SCOPE, Thresholds()
    )
    assert alone.decision.intent == ASK_BACK
    assert offered.decision.intent == "injection_pain"


def test_a_message_that_says_nothing_by_itself_stays_with_the_topic() -> None:
    vague = prediction(dosage=0.1, frequency=0.12, injection_pain=0.1)
    weighed = follow_ups.weigh(
        vague, prediction(dosage=0.9), 0.95, "dosage", SCOPE.related, SCOPE.topics, follow_ups.weights()
    )
    assert weighed.ranking[0][0] == "dosage"


def test_a_clear_question_is_not_bent_to_the_old_topic() -> None:
    clear = prediction(injection_pain=0.97)
    weighed = follow_ups.weigh(
        clear, prediction(dosage=0.9), 0.2, "dosage", SCOPE.related, SCOPE.topics, follow_ups.weights()
    )
    assert weighed.ranking[0][0] == "injection_pain"


def test_only_short_messages_may_lean() -> None:
    assert follow_ups.may_lean("how long do they last")
    assert not follow_ups.may_lean("")
    assert not follow_ups.may_lean("a message of many more words than that which says by itself what it is about")


def test_what_is_clear_by_itself_is_never_read_together_with_what_came_before() -> None:
    readings = Readings(("x", "title x"), Part(0, 1), before=("dosage",))
    clear = Prediction([("frequency", 0.99), ("dosage", 0.01)], "other", 0.95, None)
    assert understand(readings, made(clear), SCOPE, Thresholds()).asked == ("frequency",)


def test_what_leans_is_read_together_with_what_came_before_in_one_batch() -> None:
    texts = ("and how long and it", "and how long", "and it", "title and how long and it", "title and how long")
    readings = Readings(texts, Part(0, 3), (Part(1, 4), Part(2)), before=("dosage",))
    vague = prediction(dosage=0.3, frequency=0.2)
    batches: list[list[int]] = []

    def others(indices: list[int]) -> list[Prediction]:
        batches.append(indices)
        return [prediction(frequency=0.9) for _ in indices]

    understand(readings, Predictions([vague, vague, prediction(frequency=0.9)], others), SCOPE, Thresholds())
    assert batches == [[3, 4]]


def test_a_message_that_is_known_as_one_question_is_not_looked_at_between_its_ands() -> None:
    readings = Readings(("pain and dose", "pain", "dose"), Part(0), loose=(Part(1), Part(2)))
    found = understand(readings, made(prediction(dosage=0.95)), SCOPE, Thresholds())
    assert found.asked == ("dosage",)


def test_what_stands_between_the_ands_is_looked_at_where_the_whole_is_not_known() -> None:
    readings = Readings(("pain and dose", "pain", "dose"), Part(0), loose=(Part(1), Part(2)))
    pieces = Predictions([prediction(dosage=0.5)], lambda _: [prediction(injection_pain=0.9), prediction(dosage=0.9)])
    assert understand(readings, pieces, SCOPE, Thresholds()).asked == ("injection_pain", "dosage")
