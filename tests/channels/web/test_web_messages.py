"""Messages: one whole reply each, answered once however often they are sent, in order."""

import json
import os
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from assistant import reply as replies
from assistant.channels.rest import with_list
from tests.channels.web.conftest import CHANNELS, Person

MESSAGE = {"text", "buttons", "kind", "topics", "options", "answers", "urgency", "steer", "contacts", "feedback_token"}


def turns(server: str) -> int:
    return httpx.get(f"{server}/health", timeout=10).json()["turns"]


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_question_gets_one_whole_reply(person, channel: str) -> None:
    message = person(channel).ask("how often are b12 injections given?")
    assert set(message) == MESSAGE
    assert message["topics"] == ["frequency"]
    assert "\n\n" in message["text"] and message["steer"] in message["text"]
    assert message["answers"][0]["sources"]


@pytest.mark.parametrize("topic", sorted(replies.texts().library.cards))
def test_a_tapped_topic_is_answered(server: str, topic: str) -> None:
    message = Person(server).post("messages", {"id": "tapped-1", "topic": topic}).json()["message"]
    assert (message["kind"], message["topics"]) == ("answer", [topic])


def test_the_website_and_the_kiosk_answer_as_the_rest_channel_does(ask, person) -> None:
    for question in ("does it hurt", "how much vitamin d should i take", "tablets or injections"):
        expected = ask(question)
        for channel in CHANNELS:
            message = person(channel).ask(question)
            # The pages show the suggestions as buttons; who reads nothing but the text gets a list.
            listed = with_list({"text": message["text"], "custom": message, "buttons": message["buttons"]})["text"]
            assert {**message, "text": listed, "feedback_token": None} == {
                "text": expected["text"], "buttons": expected.get("buttons", []), **expected["custom"], "feedback_token": None
            }  # fmt: skip


def test_a_retry_gets_the_same_answer_and_is_handled_once(server: str, person) -> None:
    somebody, before = person(), turns(server)
    first = somebody.send("how often are b12 injections given?", "retry-001")
    again = somebody.send("how often are b12 injections given?", "retry-001")
    assert again.json() == first.json()
    assert turns(server) == before + 1


def test_five_retries_at_once_are_handled_once(server: str, person) -> None:
    somebody, before = person(), turns(server)
    together = threading.Barrier(5)

    def send(_: int) -> dict:
        together.wait()
        return somebody.send("how often are b12 injections given?", "retry-002").json()

    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(send, range(5)))
    assert all(answer == answers[0] for answer in answers)
    assert answers[0]["message"]["topics"] == ["frequency"]
    assert turns(server) == before + 1


def test_another_text_with_a_used_id_is_not_answered_with_the_first_ones_answer(person) -> None:
    somebody = person()
    somebody.ask("how often are b12 injections given?", "used-0001")
    answer = somebody.send("do b12 injections hurt?", "used-0001")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "id_used")


def test_events_end_in_the_same_message(person) -> None:
    somebody = person()
    plain = somebody.send("how often are b12 injections given?", "event-001")
    events = somebody.send("how often are b12 injections given?", "event-001", Accept="text/event-stream")
    assert events.headers["content-type"].startswith("text/event-stream")
    assert events.headers["cache-control"] == "no-store"
    *_, last = events.text.strip().split("\n\n")
    name, data = last.split("\n")
    assert name == "event: message"
    assert json.loads(data.removeprefix("data: ")) == plain.json()


def test_what_is_refused_is_refused_before_events_begin(person) -> None:
    answer = person().send("x" * 501, Accept="text/event-stream")
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "text_too_long")


def test_a_text_of_500_characters_is_answered_and_one_more_is_counted(person) -> None:
    somebody = person()
    assert somebody.send("é" * 500).status_code == 200
    assert somebody.send("e\u0301" * 500).status_code == 200, "a letter and its accent are one character"
    answer = somebody.send("é" * 501)
    assert answer.status_code == 422
    assert "501" in answer.json()["error"]["message"] and "500" in answer.json()["error"]["message"]


def test_a_long_cry_for_help_is_told_whom_to_call(person) -> None:
    answer = person().send("my throat is closing up and i cant breathe. " + "please help me " * 40)
    assert answer.status_code == 422
    assert "call 999" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    "text", ["/restart", "/greet", '/dosage{"topics": ["x"]}', "/session_start", " /back", "\u200b/restart", "\x00/restart", "\u202e/restart", "//restart", "\u2066 /restart"]
)  # fmt: skip
def test_a_slash_runs_no_intent(person, text: str) -> None:
    somebody = person()
    somebody.ask("how often are b12 injections given?")
    # What is left of some of them asks to start again, in words; said in words it may.
    assert somebody.ask(text)["kind"] in ("out_of_scope", "clarify", "conversation", "answer")


def test_a_slash_alone_gets_a_reply(person) -> None:
    assert person().ask("/")["steer"]


@pytest.mark.parametrize(
    "text", ["\u200b", "\x00", "🤷‍♀️" * 100, "<script>alert(1)</script>", "' OR 1=1 --", "{{7*7}}", "\u202eolleh", "\ud83d", "ﷺ" * 500, "a\u0301\u0302\u0303" * 100]
)  # fmt: skip
def test_odd_texts_get_a_reply(person, text: str) -> None:
    somebody = person()
    body = json.dumps({"id": os.urandom(8).hex(), "text": text})
    headers = {"Authorization": f"Bearer {somebody.token}", "Content-Type": "application/json"}
    answer = httpx.post(f"{somebody._base}/messages", content=body, headers=headers, timeout=30)
    assert answer.status_code == 200, answer.text
    message = answer.json()["message"]
    assert message["steer"] in message["text"]
    assert "<script>" not in message["text"]


@pytest.mark.parametrize(
    ("text", "kind"), [("my throat is closing up after the jab", "emergency"), ("i want to kill myself", "crisis")]
)
def test_the_kiosk_names_the_desk_before_anything_else(person, text: str, kind: str) -> None:
    website, kiosk = person("web").ask(text), person("kiosk").ask(text)
    assert website["kind"] == kiosk["kind"] == kind
    assert kiosk["text"] == f"Tell the desk in this room now. They can get help to you.\n\n{website['text']}"
    assert kiosk["contacts"] == website["contacts"] != []
    assert kiosk["feedback_token"] is None


def test_the_log_holds_nobodys_words_and_no_token(person, server_log) -> None:
    somebody = person()
    somebody.ask("my xylophone hurts after the b12 jab")
    somebody.send("my xylophone " * 60)
    somebody.post("messages", {"id": "xylophone", "text": ["xylophone"]})
    log = server_log.read_text()
    assert "xylophone" not in log
    assert somebody.token not in log
