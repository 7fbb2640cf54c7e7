"""The urgency model, and what the component does with what it finds."""

from pathlib import Path

import numpy as np
import pytest
import scipy.sparse
from rasa.shared.nlu.training_data.message import Message

from assistant.nlu.red_flags import RED_FLAG, Alarm, Judgement
from assistant.nlu.urgency import Urgency, UrgencyModel
from assistant.nlu.urgency_classifier import Limits, label, mark

CALM = Urgency(0.01, 0.01, 0.02, "jaundice")
LIMITS = Limits(whole=0.3, part=0.6, calm=0.85, milder=0.7, same_day=0.4)
NOTHING, NOT_NOW = Judgement(None, calm=False), Judgement(None, calm=True)


def marked(*found: Urgency, judged: Judgement = NOTHING) -> Message:
    message = Message({"intent": {"name": "dosage", "confidence": 0.9}})
    mark(message, list(found), LIMITS, judged)
    return message


def learned() -> tuple[UrgencyModel, np.ndarray, scipy.sparse.csr_matrix]:
    """A model of three classes, each with its own direction and its own n-gram."""
    vectors = np.repeat(np.eye(4, dtype=np.float32), 5, axis=0)
    ngrams = scipy.sparse.csr_matrix(vectors)
    labels = [name for name in ("now", "crisis", "calm", "jaundice") for _ in range(5)]
    return UrgencyModel.fit(vectors, ngrams, labels), vectors, ngrams


def test_the_model_tells_apart_what_it_was_taught() -> None:
    model, vectors, ngrams = learned()
    now, crisis, calm, same_day = model.predict(vectors[::5], ngrams[::5])
    assert now.now > 0.8 and crisis.crisis > 0.8
    assert calm.urgent < 0.2 and calm.same_day < 0.2
    assert same_day.same_day > 0.8 and same_day.hazard == "jaundice"


def test_a_model_is_read_as_it_was_written(tmp_path: Path) -> None:
    model, vectors, ngrams = learned()
    model.write(tmp_path / "urgency.npz")
    assert UrgencyModel.read(tmp_path / "urgency.npz").predict(vectors, ngrams) == model.predict(vectors, ngrams)


@pytest.mark.parametrize(("now", "crisis", "intent"), [(0.5, 0.1, "emergency"), (0.1, 0.25, "self_harm")])
def test_what_resembles_an_emergency_becomes_one(now: float, crisis: float, intent: str) -> None:
    assert marked(Urgency(now, crisis, 0.0, "")).get("intent")["name"] == intent


def test_a_calm_message_is_left_alone() -> None:
    message = marked(CALM)
    assert message.get("intent")["name"] == "dosage"
    assert message.get(RED_FLAG) is None


def test_where_the_rules_find_a_same_day_sign_alone_an_alarm_takes_more() -> None:
    mild = Judgement(Alarm("jaundice", "same_day"), calm=False)
    assert marked(Urgency(0.6, 0.0, 0.2, "jaundice"), judged=mild).get("intent")["name"] == "dosage"
    assert marked(Urgency(0.8, 0.0, 0.1, "jaundice"), judged=mild).get("intent")["name"] == "emergency"
    urgent = Judgement(Alarm("chest_pain", "now"), calm=False)
    assert marked(Urgency(0.6, 0.0, 0.2, "jaundice"), judged=urgent).get("intent")["name"] == "emergency"


def test_a_part_out_of_its_context_is_judged_more_strictly() -> None:
    assert marked(CALM, Urgency(0.5, 0.0, 0.0, "")).get("intent")["name"] == "dosage"
    assert marked(CALM, Urgency(0.7, 0.0, 0.0, "")).get("intent")["name"] == "emergency"


def test_words_that_say_it_is_not_happening_raise_the_limit() -> None:
    assert marked(Urgency(0.7, 0.0, 0.0, ""), judged=NOT_NOW).get("intent")["name"] == "dosage"
    assert marked(Urgency(0.9, 0.0, 0.0, ""), judged=NOT_NOW).get("intent")["name"] == "emergency"


def test_a_same_day_sign_is_marked_with_its_hazard() -> None:
    message = marked(Urgency(0.05, 0.0, 0.6, "jaundice"))
    assert message.get(RED_FLAG) == {"hazard": "jaundice", "urgency": "same_day"}
    assert message.get("intent")["name"] == "dosage"


@pytest.mark.parametrize(
    ("intent", "hazard", "text", "urgency"),
    [
        ("emergency", "", "she has collapsed", "now"),
        ("self_harm", "", "i want to die", "crisis"),
        ("children", "baby_deficiency", "my baby is floppy", "baby_deficiency"),
        ("dosage", "", "how much is given", "calm"),
        ("nerve_symptoms", "", "my feet are numb and its getting worse", None),
    ],
)
def test_what_a_training_question_teaches(intent: str, hazard: str, text: str, urgency: str | None) -> None:
    assert label(intent, hazard, text) == urgency
