"""The REST channel of the real server: the contract, and what it refuses."""

import json

import httpx
import pytest

from assistant.channels import rest
from assistant.channels.refusal import RequestError

PATH = "/webhooks/rest/webhook"


def post(server: str, **given) -> httpx.Response:
    return httpx.post(server + PATH, timeout=30, **given)


def test_a_question_gets_one_envelope_with_its_topic_sources_and_steer(ask) -> None:
    message = ask("how often are b12 injections given?")
    envelope = message["custom"]
    assert envelope["kind"] == "answer"
    assert envelope["topics"] == ["frequency"]
    assert envelope["answers"][0]["sources"]
    assert message["text"].startswith(envelope["answers"][0]["title"])
    assert message["text"].endswith(envelope["steer"])


def test_a_buttons_payload_is_answered_with_its_topic(ask) -> None:
    message = ask("what are b12 injections")
    for button, topic in zip(message["buttons"], message["custom"]["options"], strict=True):
        assert ask(button["payload"])["custom"]["topics"] == [topic]


@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        pytest.param({"json": {"message": "hi"}}, 400, "sender_missing", id="no sender"),
        pytest.param({"json": {"sender": "", "message": "hi"}}, 400, "sender_missing", id="empty sender"),
        pytest.param({"json": {"sender": ["a"], "message": "hi"}}, 400, "sender_missing", id="sender no string"),
        pytest.param({"json": {"sender": "a\x00b", "message": "hi"}}, 400, "sender_invalid", id="NUL in the sender"),
        pytest.param({"json": {"sender": "a" * 201, "message": "hi"}}, 400, "sender_invalid", id="sender too long"),
        pytest.param({"json": {"sender": "a"}}, 400, "message_missing", id="no message"),
        pytest.param({"json": {"sender": "a", "message": 5}}, 400, "message_missing", id="message no string"),
        pytest.param({"json": {"sender": "a", "message": None}}, 400, "message_missing", id="message null"),
        pytest.param({"json": {"sender": "a", "message": {"text": "hi"}}}, 400, "message_missing", id="message an object"),
        pytest.param({"json": {"sender": "a", "message": "  \n "}}, 400, "message_empty", id="message blank"),
        pytest.param({"json": {"sender": "a", "message": "a" * 1001}}, 400, "message_too_long", id="message too long"),
        pytest.param({"json": {"sender": "a", "message": "b12 " * 100_000}}, 400, "message_too_long", id="message of 400 kB"),
        pytest.param({"json": ["hi"]}, 400, "not_an_object", id="a list"),
        pytest.param({"content": b"null", "headers": {"content-type": "application/json"}}, 400, "not_an_object", id="null"),
        pytest.param({"content": b"{", "headers": {"content-type": "application/json"}}, 400, "not_json", id="broken JSON"),
        pytest.param({"content": b"", "headers": {"content-type": "application/json"}}, 400, "not_an_object", id="no body"),
        pytest.param({"content": b"\xff", "headers": {"content-type": "application/json"}}, 400, "not_json", id="no UTF-8"),
        pytest.param({"content": b"[" * 100_000, "headers": {"content-type": "application/json"}}, 400, "not_json", id="deep nesting"),
        pytest.param({"content": json.dumps({"sender": "a", "message": "hi"}), "headers": {"content-type": "text/plain"}}, 415, "not_json", id="text/plain"),
        pytest.param({"data": {"sender": "a", "message": "hi"}}, 415, "not_json", id="a form"),
    ],
)  # fmt: skip
def test_an_odd_request_gets_a_clear_error(server: str, given: dict, status: int, code: str) -> None:
    answer = post(server, **given)
    assert answer.status_code == status
    error = answer.json()["error"]
    assert error["code"] == code
    assert len(error["message"]) > 10


@pytest.mark.parametrize(
    "text",
    ["my throat is closing up. " + "please help me " * 80, "please read this. " * 200 + "my throat is closing up"],
)
def test_a_long_cry_for_help_is_told_whom_to_call(text: str) -> None:
    with pytest.raises(RequestError, match=r"the most is 1000\. In an emergency, call 999"):
        rest._message({"message": text})


def test_a_body_beyond_all_measure_is_refused_at_once(server: str) -> None:
    answer = post(server, content=b"a" * 2_000_000, headers={"content-type": "application/json"})
    assert answer.status_code == 413


@pytest.mark.parametrize("text", ["/greet", '/dosage{"topics": ["x"]}', "/session_start", " /back", "\u200b/greet@0.9"])
def test_a_slash_runs_no_intent(ask, text: str) -> None:
    sender = f"slash {text.strip()}" if text.isprintable() else "slash, invisible"
    ask("how often are b12 injections given?", sender)
    reply = ask(text, sender)["custom"]
    assert reply["kind"] in ("out_of_scope", "clarify", "conversation", "answer")
    assert ask("tell me more", sender)["custom"]["answers"], "the conversation was reset from outside"


def test_a_typed_restart_is_read_as_the_words_it_is(ask) -> None:
    ask("how often are b12 injections given?", "typed restart")
    reply = ask("/restart", "typed restart")["custom"]
    assert (reply["kind"], reply["topics"]) == ("conversation", ["start_again"])
    assert reply["steer"]


@pytest.mark.parametrize(
    "text",
    [
        "\u200b",
        "\x00",
        "🤷‍♀️" * 100,
        "a" * 1000,
        "<script>alert(1)</script>",
        "' OR 1=1 --",
        "{{7*7}}",
        "\u202eolleh",
        "\ud83d",
    ],
)
def test_odd_texts_get_a_reply_of_a_known_kind(server: str, text: str) -> None:
    answer = post(
        server, content=json.dumps({"sender": "odd", "message": text}), headers={"content-type": "application/json"}
    )
    assert answer.status_code == 200
    (message,) = answer.json()
    assert message["custom"]["kind"] in ("answer", "clarify", "out_of_scope", "conversation", "emergency")
    assert message["custom"]["steer"] in message["text"]


def test_two_people_do_not_share_a_conversation(ask) -> None:
    ask("how often are b12 injections given?", "one person")
    assert ask("tell me more", "another person")["custom"]["answers"] == []


def test_the_servers_front_page_names_no_version(server: str) -> None:
    assert "3.6" not in httpx.get(server + "/", timeout=10).text


def test_the_log_holds_nobodys_words(ask, server_log) -> None:
    ask("my xylophone hurts after the b12 jab")
    assert "xylophone" not in server_log.read_text()
