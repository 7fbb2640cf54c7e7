import pytest

from assistant.nlu.decision import Decision, Thresholds, decide
from assistant.nlu.topic_model import Prediction

TOPICS = frozenset({"dosage", "frequency", "overdose"})
URGENT = frozenset({"emergency"})
LIMITS = Thresholds(answer=0.5, converse=0.35, margin=0.2, offer=0.45, offer_each=0.06, nearest=0.4, urgent=0.3)


def predicted(*ranking: tuple[str, float], nearest: float = 0.8, known: str | None = None) -> Prediction:
    return Prediction(list(ranking), "not_health", nearest, known)


@pytest.mark.parametrize(
    ("prediction", "intent", "offered"),
    [
        pytest.param(predicted(("dosage", 0.9), ("frequency", 0.05)), "dosage", (), id="sure: answered"),
        pytest.param(predicted(("dosage", 0.55), ("frequency", 0.4)), "ask_back", ("dosage", "frequency"), id="two close: asked"),
        pytest.param(predicted(("dosage", 0.4), ("frequency", 0.3), ("overdose", 0.02)), "ask_back", ("dosage", "frequency"), id="third too weak"),
        pytest.param(predicted(("dosage", 0.2), ("frequency", 0.1)), "out_of_scope", (), id="all weak: declined"),
        pytest.param(predicted(("out_of_scope", 0.9), ("dosage", 0.1)), "out_of_scope", (), id="out of scope: declined"),
        pytest.param(predicted(("dosage", 0.9), nearest=0.2), "out_of_scope", (), id="far from every question: declined"),
        pytest.param(predicted(("dosage", 0.6), ("emergency", 0.35)), "emergency", (), id="an emergency is not missed"),
        pytest.param(predicted(("dosage", 0.6), known="frequency"), "frequency", (), id="a known question is its own"),
        pytest.param(predicted(("greet", 0.4), ("dosage", 0.1)), "greet", (), id="small talk needs less"),
        pytest.param(predicted(("greet", 0.3), ("dosage", 0.1)), "out_of_scope", (), id="a greeting is never offered"),
        pytest.param(predicted(("dosage", 0.25), ("out_of_scope", 0.45), ("frequency", 0.1)), "out_of_scope", (), id="rather out of scope"),
    ],
)  # fmt: skip
def test_the_decision(prediction: Prediction, intent: str, offered: tuple[str, ...]) -> None:
    decision = decide(prediction, TOPICS, URGENT, LIMITS)
    assert (decision.intent, decision.offered) == (intent, offered)


def test_a_known_question_is_certain() -> None:
    assert decide(predicted(("dosage", 0.1), known="dosage"), TOPICS, URGENT, LIMITS) == Decision("dosage", 1.0)
