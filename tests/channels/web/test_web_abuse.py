"""What has been done to Rasa's own web channels, tried on ours: a clear refusal or a safe answer, never a traceback or silence."""

import json
import socket

import httpx
import pytest

JSON = {"Content-Type": "application/json"}
ID = "abuse-0001"


def raw(body: str | bytes, **headers: str) -> dict:
    return {"content": body, "headers": {**JSON, **headers}}


@pytest.mark.parametrize("channel", ["web", "kiosk"])
@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        pytest.param({"json": {"id": ID, "text": "hi", "sender": "default"}}, 422, "field_unknown", id="a sender of one's own"),
        pytest.param({"json": {"id": ID, "text": "hi", "input_channel": "telegram"}}, 422, "field_unknown", id="another channel"),
        pytest.param({"json": {"id": ID, "text": "hi", "metadata": {"admin": True}}}, 422, "field_unknown", id="metadata"),
        pytest.param({"json": {"id": ID, "text": "hi", "session_id": "a" * 32}}, 422, "field_unknown", id="another's session id"),
        pytest.param({"json": {"text": "hi"}}, 422, "id_invalid", id="no id"),
        pytest.param({"json": {"id": "a\x00bcdefgh", "text": "hi"}}, 422, "id_invalid", id="NUL in the id"),
        pytest.param({"json": {"id": "a" * 65, "text": "hi"}}, 422, "id_invalid", id="id too long"),
        pytest.param({"json": {"id": "12345678\n", "text": "hi"}}, 422, "id_invalid", id="newline after the id"),
        pytest.param({"json": {"id": 12345678, "text": "hi"}}, 422, "id_invalid", id="id a number"),
        pytest.param({"json": {"id": ID}}, 422, "text_missing", id="no text"),
        pytest.param({"json": {"id": ID, "text": "hi", "topic": "dosage"}}, 422, "text_missing", id="text and topic"),
        pytest.param({"json": {"id": ID, "text": None}}, 422, "text_invalid", id="text null"),
        pytest.param({"json": {"id": ID, "text": {"text": "hi"}}}, 422, "text_invalid", id="text an object"),
        pytest.param({"json": {"id": ID, "text": ["hi"]}}, 422, "text_invalid", id="text a list"),
        pytest.param({"json": {"id": ID, "text": True}}, 422, "text_invalid", id="text a bool"),
        pytest.param({"json": {"id": ID, "text": " \n\t "}}, 422, "text_empty", id="text blank"),
        pytest.param({"json": {"id": ID, "text": "b" * 3000}}, 422, "text_too_long", id="text too long"),
        pytest.param({"json": {"id": ID, "topic": "no_such"}}, 422, "topic_unknown", id="unknown topic"),
        pytest.param({"json": {"id": ID, "topic": "../secret"}}, 422, "topic_unknown", id="topic a path"),
        pytest.param({"json": {"id": ID, "topic": ["dosage"]}}, 422, "topic_unknown", id="topic a list"),
        pytest.param(raw(""), 400, "not_json", id="no body"),
        pytest.param(raw("{"), 400, "not_json", id="broken JSON"),
        pytest.param(raw(b"\xff\xfe"), 400, "not_json", id="no UTF-8"),
        pytest.param(raw("[" * 15_000), 400, "not_json", id="deep nesting"),
        pytest.param(raw("1" * 10_000), 400, "not_json", id="a huge number"),
        pytest.param(raw("null"), 400, "not_an_object", id="null"),
        pytest.param(raw('["hi"]'), 400, "not_an_object", id="a list"),
        pytest.param(raw('"hi"'), 400, "not_an_object", id="a string"),
        pytest.param(raw(json.dumps({"id": ID, "text": "b" * 20_000})), 413, "body_too_large", id="20 kB"),
        pytest.param(raw("x" * 5_000_000), 413, "body_too_large", id="5 MB"),
        pytest.param({"content": json.dumps({"id": ID, "text": "hi"}), "headers": {"Content-Type": "text/plain"}}, 415, "not_json", id="text/plain: no pre-flight"),
        pytest.param({"data": {"id": ID, "text": "hi"}}, 415, "not_json", id="a form"),
        pytest.param({"files": {"text": b"hi"}}, 415, "not_json", id="an upload"),
        pytest.param({"json": {"id": ID, "text": "hi"}, "headers": {"Origin": "https://evil.example"}}, 403, "origin_refused", id="another website"),
        pytest.param({"json": {"id": ID, "text": "hi"}, "headers": {"Origin": "https://clinic.example"}}, 403, "origin_refused", id="the embedding website itself"),
        pytest.param({"json": {"id": ID, "text": "hi"}, "headers": {"Origin": "null"}}, 403, "origin_refused", id="a sandboxed frame"),
        pytest.param({"json": {"id": ID, "text": "hi"}, "headers": {"Sec-Fetch-Site": "cross-site"}}, 403, "origin_refused", id="cross-site without Origin"),
    ],
)  # fmt: skip
def test_an_odd_message_gets_a_clear_error(
    server: str, person, channel: str, given: dict, status: int, code: str
) -> None:
    headers = {"Authorization": f"Bearer {person(channel).token}", **given.get("headers", {})}
    answer = httpx.post(f"{server}/{channel}/messages", timeout=30, **{**given, "headers": headers})
    assert answer.status_code == status, answer.text
    error = answer.json()["error"]
    assert error["code"] == code
    assert len(error["message"]) > 20
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("path", ["session", "feedback"])
@pytest.mark.parametrize("body", ["", "[]", "null", "{", "[" * 15_000, "x" * 20_000])
def test_an_odd_body_is_refused_everywhere(server: str, person, path: str, body: str) -> None:
    headers = {"Authorization": f"Bearer {person().token}", **JSON}
    answer = httpx.post(f"{server}/web/{path}", content=body, headers=headers, timeout=30)
    assert answer.status_code in (400, 413)
    assert answer.json()["error"]["message"]


@pytest.mark.parametrize("path", ["/web/session", "/web/messages", "/web/content", "/embed.js", "/answers/"])
def test_no_other_origin_may_read(server: str, path: str) -> None:
    answer = httpx.options(
        server + path, headers={"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    )
    assert answer.status_code == 405
    assert "access-control-allow-credentials" not in answer.headers
    assert path == "/embed.js" or "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    "path",
    ["/assets/../manifest.json", "/assets/..%2f..%2fclinic.yml", "/assets/%2e%2e/render.py", "/assets//etc/passwd", "/answers/..%2f..%2fetc", "/answers/%00", "/assets/%00"],
)  # fmt: skip
def test_no_path_leads_out_of_its_folder(server: str, path: str) -> None:
    host, port = server.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:  # httpx would tidy the path
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        answer = b""
        while part := connection.recv(65536):
            answer += part
    assert b" 404 " in answer.split(b"\r\n")[0]


@pytest.mark.parametrize(
    "path",
    ["/socket.io/", "/webhooks/rasa/webhook", "/webhooks/socketio/", "/conversations/a/tracker", "/model", "/version"],
)
def test_no_door_of_rasas_own_is_open(server: str, path: str) -> None:
    assert httpx.get(server + path, timeout=10).status_code == 404


def test_a_request_that_breaks_off_leaves_the_server_answering(server: str, person) -> None:
    host, port = server.removeprefix("http://").split(":")
    for _ in range(20):
        with socket.create_connection((host, int(port)), timeout=10) as connection:
            connection.sendall(
                b"POST /web/messages HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{"
            )
    assert person().ask("do b12 injections hurt?")["topics"] == ["injection_pain"]
