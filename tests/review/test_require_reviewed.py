"""Where a clinic wants signed answers only, no other is shown, and urgent help always is."""

import dataclasses
import datetime

import pytest
from rasa_sdk import Tracker

from actions import safety
from assistant import reply as replies
from assistant import settings
from assistant.channels.telegram.format import parts
from assistant.errors import AssistantError
from assistant.guidance import reviews
from assistant.guidance.reviews import Review, Reviews
from assistant.reply import Texts

SIGNED, UNSIGNED = "frequency", "injection_pain"
NOTE = "I can't show this answer until a clinician has reviewed it"
TOPICS = sorted(replies.texts().library.cards)


def texts(*signed: str, required: bool = True) -> Texts:
    """The project's texts, with these cards signed."""
    said = replies.texts()
    made = [
        Review.parse_obj(
            {
                "topic": topic,
                "version": said.library.version(topic),
                "date": datetime.date(2026, 11, 26),
                "name": "Ada Example",
                "role": "practice nurse",
                "registration": "NMC 00A0000A",
                "signed": reviews.snapshot(said.library, topic),
            }
        )
        for topic in signed
    ]
    clinic = said.clinic.copy(update={"require_reviewed": required, "phone": "020 7946 0018"})
    return dataclasses.replace(said, reviews=Reviews(made), clinic=clinic)


@pytest.mark.parametrize("topic", TOPICS)
def test_an_answer_that_nobody_signed_is_not_shown_and_whom_to_ask_is(topic: str) -> None:
    said = texts()
    reply = replies.answer([topic], said=said)
    assert (reply.kind, reply.topics, reply.answers) == ("out_of_scope", [], [])
    assert NOTE in reply.text and said.library.cards[topic].title in reply.text
    for paragraph in said.library.cards[topic].paragraphs:
        assert paragraph.text not in reply.text
    assert reply.text.endswith(reply.steer)
    assert [contact["number"] for contact in reply.contacts] == ["020 7946 0018", "111", "999"]
    assert "{" not in reply.text


@pytest.mark.parametrize("version", ["short", "more", "simple"])
def test_a_signed_answer_is_shown_and_says_who_signed_it(version) -> None:
    reply = replies.answer([SIGNED], version=version, said=texts(SIGNED))
    assert reply.kind == "answer"
    by = {"name": "Ada Example", "role": "practice nurse", "date": "2026-11-26"}
    assert reply.answers[0]["reviewed_by"] == by


def test_of_two_questions_the_signed_one_is_answered_and_the_other_named() -> None:
    reply = replies.answer([UNSIGNED, SIGNED], said=texts(SIGNED))
    assert reply.kind == "answer"
    assert reply.topics == [SIGNED]
    assert f"{NOTE}: {replies.texts().library.cards[UNSIGNED].title}" in reply.text
    assert "can hurt a little" not in reply.text


def test_more_and_sources_show_no_unsigned_answer_either() -> None:
    said = texts(SIGNED)
    assert NOTE in replies.explain([UNSIGNED], "more", said=said).text
    assert replies.explain([SIGNED], "more", said=said).kind == "conversation"
    assert replies.show_sources([UNSIGNED], said=said).answers == []


def test_only_answers_that_may_be_shown_are_offered_instead() -> None:
    related = replies.texts().library.cards[UNSIGNED].related
    assert replies.answer([UNSIGNED], said=texts(related[-1])).options == [related[-1]]


def test_urgent_help_is_given_whether_a_card_is_signed_or_not() -> None:
    said = texts()
    assert replies.emergency("anaphylaxis", said=said).text == replies.emergency("anaphylaxis").text
    assert replies.crisis(said=said).kind == "crisis"
    reply = replies.same_day("leg_clot", replies.answer([UNSIGNED], said=said), said=said)
    assert reply.text.startswith(
        "See a doctor or nurse today, because a painful, swollen, warm or red leg can be a clot."
    )
    assert (reply.urgency, "111" in [contact["number"] for contact in reply.contacts]) == ("same_day", True)


def test_without_the_setting_unsigned_answers_are_shown() -> None:
    said = texts(required=False)
    assert all(replies.answer([topic], said=said).kind == "answer" for topic in TOPICS)


@pytest.mark.parametrize(("value", "wanted"), [("true", True), ("TRUE", True), ("false", False), ("", False)])
def test_the_environment_sets_it(monkeypatch: pytest.MonkeyPatch, value: str, wanted: bool) -> None:
    monkeypatch.setenv("B12_REQUIRE_REVIEWED", value)
    assert settings.load().require_reviewed is wanted


def test_an_odd_value_in_the_environment_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("B12_REQUIRE_REVIEWED", "maybe")
    with pytest.raises(AssistantError, match=r"B12_REQUIRE_REVIEWED can't be right .*write true or false"):
        settings.load()


@pytest.mark.parametrize(
    ("signed", "says"),
    [
        ([], "No doctor or nurse has signed the answers off yet."),
        ([SIGNED], "A clinician has signed off some of the answers."),
        (TOPICS, "A clinician has signed off each answer."),
    ],
)
def test_what_is_said_about_review_follows_the_signatures(signed: list[str], says: str) -> None:
    text = replies.converse("sources", said=texts(*signed)).text
    assert says in text
    assert text.count("signed") == says.count("signed")


@pytest.mark.parametrize("topic", TOPICS)
def test_no_reply_claims_a_review_that_nobody_made(topic: str) -> None:
    said = texts(*(other for other in TOPICS if other != topic), required=False)
    for version in ("short", "more", "simple"):
        reply = replies.answer([topic], version=version, said=said)
        assert reply.answers[0]["reviewed_by"] is None
        assert "Ada Example" not in str(reply.envelope()) and "reviewed by" not in reply.text.lower()


def test_telegram_says_who_signed_an_answer_or_that_nobody_has() -> None:
    said = texts(SIGNED, required=False)
    for topic, says in (
        (SIGNED, "Reviewed by Ada Example, practice nurse, 26 November 2026"),
        (UNSIGNED, "No clinician has reviewed"),
    ):
        reply = replies.answer([topic], said=said)
        (part, *_) = parts({"text": reply.text, "custom": reply.envelope(), "buttons": reply.buttons})
        assert says in part.html


def test_the_records_tell_a_withheld_answer_from_what_is_out_of_scope(monkeypatch: pytest.MonkeyPatch) -> None:
    said = texts(SIGNED)
    monkeypatch.setattr(replies, "texts", lambda: said)
    noted = []
    for intent in (UNSIGNED, "out_of_scope"):
        asked = Tracker("a", {}, {"text": "", "intent": {"name": intent}}, [], False, None, {}, "action_listen")
        noted.append(safety.notes(asked, replies.answer([UNSIGNED], said=said)))
    assert noted == [{"out_of_scope": "not_reviewed"}, {"out_of_scope": "other"}]
