"""After an emergency the conversation is held; a same-day sign heads whatever is answered."""

from typing import Any

import pytest
from rasa_sdk import Tracker

from actions import safety
from assistant import reply as replies


def tracker(
    text: str, intent: str, held: str | None = None, flag: dict[str, str] | None = None, mentioned: str | None = None
) -> Tracker:
    latest: dict[str, Any] = {"text": text, "intent": {"name": intent}, "entities": [], "red_flag": flag}
    return Tracker("a", {"held": held, "mentioned": mentioned}, latest, [], False, None, {}, "action_listen")


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


@pytest.mark.parametrize(
    "text", ["?", "hello?", "please", "what do i do", "should i still call", "do i use the pen", "which number"]
)
def test_who_pleads_once_asked_gets_the_emergency_again_with_its_help(text: str) -> None:
    reply = safety.held(tracker(text, "out_of_scope", "asked", mentioned="anaphylaxis"))
    assert reply and reply.kind == "emergency"
    assert "adrenaline pen" in reply.text


@pytest.mark.parametrize("text", ["its getting worse", "im not ok", "she isnt safe"])
def test_who_says_unasked_that_they_are_not_safe_is_not_asked(text: str) -> None:
    reply = safety.held(tracker(text, "deny", "alarmed"))
    assert reply and reply.kind == "emergency"


@pytest.mark.parametrize(
    "text", ["no she is fine", "no im fine it was a joke", "im at a&e now", "not any more, it stopped"]
)
def test_a_no_to_the_sign_is_not_a_no_to_being_safe(text: str) -> None:
    reply = safety.held(tracker(text, "deny", "alarmed"))
    assert reply and reply.topics == ["safe_again"]


@pytest.mark.parametrize(
    ("text", "state"), [("no", "crisis_asked"), ("im not safe", "crisis"), ("please", "crisis_asked")]
)
def test_after_a_crisis_who_is_not_safe_gets_the_crisis_line_again(text: str, state: str) -> None:
    reply = safety.held(tracker(text, "deny", state))
    assert reply and reply.kind == "crisis"


@pytest.mark.parametrize(
    "text", ["i hope he will be ok", "it would feel better if someone came", "no need to worry he is fine now"]
)
def test_a_worried_relative_is_asked_and_gets_no_suicide_reply(text: str) -> None:
    reply = safety.held(tracker(text, "self_harm", "alarmed"))
    assert reply and reply.topics == ["safe_now"]


@pytest.mark.parametrize(
    "text",
    [
        "i better call someone",
        "id better call someone",
        "ok but it is getting tighter",
        "fine ill wait and see",
        "fine, whatever",
    ],
)
def test_a_cry_for_help_is_no_word_that_they_are_safe(text: str) -> None:
    for state in ("alarmed", "asked"):
        reply = safety.held(tracker(text, "out_of_scope", state))
        assert reply and reply.topics == ["safe_now"]


@pytest.mark.parametrize("text", ["it was not me, i was just asking", "not me", "im fine, dont worry"])
def test_who_says_that_it_was_nobody_or_nothing_goes_on(text: str) -> None:
    reply = safety.held(tracker(text, "deny", "asked"))
    assert reply and reply.topics == ["safe_again"]


@pytest.mark.parametrize("intent", ["thanks", "out_of_scope"])
def test_what_is_no_question_leaves_it_open_whether_they_are_safe(intent: str) -> None:
    reply = safety.held(tracker("mm", intent, "asked"))
    assert reply and reply.topics == ["safe_now"]
    assert safety.held(tracker("how often do i need it", "frequency", "asked")) is None


def test_after_a_crisis_the_question_whether_they_are_safe_names_the_crisis_line() -> None:
    reply = safety.held(tracker("sorry forget it", "out_of_scope", "crisis"))
    assert reply and reply.topics == ["safe_now"]
    assert "Samaritans" in reply.text


@pytest.mark.parametrize(
    ("mentioned", "kind", "urgency"),
    [("stroke_signs", "emergency", "now"), ("self_harm", "crisis", "now"), ("jaundice", "answer", "same_day")],
)
def test_who_says_to_have_what_was_spoken_of_is_answered_as_if_they_had_named_it(
    mentioned: str, kind: str, urgency: str
) -> None:
    reply = safety.held(tracker("i think i have that", "affirm", mentioned=mentioned))
    assert reply and (reply.kind, reply.urgency) == (kind, urgency)


def test_a_claim_after_something_harmless_is_left_to_the_action() -> None:
    assert safety.held(tracker("i think i have that", "affirm")) is None
    assert safety.held(tracker("how is it treated", "serious_side_effects", mentioned="anaphylaxis")) is None


def test_a_card_that_tells_of_a_hazard_is_remembered_as_speaking_of_it() -> None:
    events = safety.remembered(
        tracker("what can go badly wrong", "serious_side_effects"), replies.answer(["serious_side_effects"])
    )
    assert {"mentioned": "anaphylaxis"} in [{event["name"]: event["value"]} for event in events]


def test_nerve_damage_to_the_bladder_sends_to_emergency_care() -> None:
    flag = {"hazard": "bladder_bowel", "urgency": "same_day"}
    reply = safety.urged(tracker("saddle numbness", "nerve_symptoms", flag=flag), replies.answer(["nerve_symptoms"]))
    assert reply.text.startswith("Go to A&E or an emergency room today, because")


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
