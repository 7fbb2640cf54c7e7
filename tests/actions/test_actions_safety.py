"""After an emergency the conversation is held; a same-day sign heads whatever is answered."""

from typing import Any

import pytest
from rasa_sdk import Tracker

from actions import safety
from assistant import reply as replies


def tracker(text: str, intent: str, held: str | None = None, flag: dict[str, str] | None = None) -> Tracker:
    latest: dict[str, Any] = {"text": text, "intent": {"name": intent}, "entities": [], "red_flag": flag}
    return Tracker("a", {"held": held}, latest, [], False, None, {}, "action_listen")


def test_after_an_emergency_a_question_waits_for_whether_they_are_safe() -> None:
    reply = safety.held(tracker("how often do i need it", "frequency", "alarmed"))
    assert reply and reply.topics == ["safe_now"]
    assert reply.urgency == "now" and reply.contacts


@pytest.mark.parametrize("text", ["yes im safe", "false alarm", "they are on their way"])
def test_who_says_that_they_are_safe_goes_on(text: str) -> None:
    reply = safety.held(tracker(text, "affirm" if text.startswith("yes") else "out_of_scope", "alarmed"))
    assert reply and reply.topics != ["safe_now"] and reply.kind == "conversation"


@pytest.mark.parametrize(
    "text",
    [
        "ok what do i do while i wait",
        "is it fine to take an antihistamine",
        "should i lie down or is it better to sit up?",
        "ok",
        "ok thanks",
        "yes",
    ],
)
def test_a_question_or_a_nod_after_an_emergency_is_not_a_word_that_they_are_safe(text: str) -> None:
    reply = safety.held(tracker(text, "affirm" if text in ("ok", "yes") else "out_of_scope", "alarmed"))
    assert reply and reply.topics == ["safe_now"]
    assert reply.urgency == "now" and reply.contacts


@pytest.mark.parametrize("text", ["yes", "ok", "ok yes thanks"])
def test_a_nod_is_an_answer_once_it_was_asked(text: str) -> None:
    reply = safety.held(tracker(text, "affirm", "asked"))
    assert reply and reply.topics == ["safe_again"]


@pytest.mark.parametrize("text", ["no", "im not safe", "i am not ok", "its getting worse"])
def test_who_says_that_they_are_not_gets_the_emergency_again(text: str) -> None:
    reply = safety.held(tracker(text, "deny", "asked"))
    assert reply and reply.kind == "emergency"


def test_a_new_emergency_is_never_held_back() -> None:
    assert safety.held(tracker("he has stopped breathing", "emergency", "alarmed")) is None


@pytest.mark.parametrize("state", ["alarmed", "asked"])
@pytest.mark.parametrize(
    "text",
    ["yes im safe, the ambulance came", "im ok now paramedics r here", "its gone now im ok", "paramedics are here"],
)
def test_a_plain_word_that_it_is_over_goes_on_though_it_resembles_an_emergency(text: str, state: str) -> None:
    reply = safety.held(tracker(text, "emergency", state))
    assert reply and reply.topics == ["safe_again"]


@pytest.mark.parametrize(
    ("text", "intent", "flag"),
    [
        pytest.param("im ok but its come back", "emergency", None, id="but"),
        pytest.param("im not ok", "emergency", None, id="not"),
        pytest.param("is he ok he is cold", "emergency", None, id="a question"),
        pytest.param("the ambulance is taking ages", "emergency", None, id="no ambulance yet"),
        pytest.param("im fine with dying", "self_harm", None, id="a crisis"),
        pytest.param("im ok, his lips are blue", "emergency", {"hazard": "anaphylaxis", "urgency": "now"}, id="a rule"),
    ],
)
def test_anything_less_than_plain_is_an_emergency_again(text: str, intent: str, flag: dict[str, str] | None) -> None:
    assert safety.held(tracker(text, intent, "alarmed", flag)) is None  # the emergency's own action answers


def test_without_an_emergency_nothing_is_held() -> None:
    assert safety.held(tracker("how often do i need it", "frequency")) is None


def test_a_same_day_sign_heads_the_answer() -> None:
    flag = {"hazard": "jaundice", "urgency": "same_day"}
    reply = safety.urged(tracker("my eyes are yellow", "deficiency_symptoms", flag=flag), replies.answer(["dosage"]))
    assert reply.urgency == "same_day"
    assert reply.text.startswith("See a doctor or nurse today, because yellow skin or eyes")


def test_an_answer_without_a_sign_is_left_alone() -> None:
    answer = replies.answer(["dosage"])
    assert safety.urged(tracker("how much is it", "dosage"), answer) is answer
