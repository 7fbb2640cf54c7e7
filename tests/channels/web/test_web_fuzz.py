"""Whatever a program sends, it gets a reply or a refusal that says why: never a 500, never silence."""

import json
import secrets
import socket

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.channels.web.conftest import Person

TEXT = st.text(st.characters(codec=None), max_size=40)  # lone surrogates too
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
KEYS = st.sampled_from(["id", "text", "topic", "token", "useful", "reason", "sender", "metadata"]) | TEXT
BODIES = st.one_of(
    st.dictionaries(KEYS, VALUES, max_size=4).map(json.dumps),
    st.fixed_dictionaries({"id": st.just("12345678"), "text": VALUES}).map(json.dumps),
    st.fixed_dictionaries({"token": VALUES, "useful": st.booleans()}).map(json.dumps),
    VALUES.map(json.dumps),
    st.binary(max_size=200),
)
# What HTTP lets into a header.
HEADER = st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="\x7f"), max_size=40)
HEADERS = st.dictionaries(
    st.sampled_from(["Authorization", "Origin", "Accept", "Accept-Encoding", "Content-Type", "If-None-Match", "X-Forwarded-For", "Sec-Fetch-Site", "Range"]),
    HEADER | st.sampled_from(["http://[", "null", "text/event-stream", "Bearer ", "Bearer a.b.c", "bytes=5-1", ", ,"]),
    max_size=3,
)  # fmt: skip


@pytest.fixture(scope="module")
def somebody(server: str) -> Person:
    return Person(server)


def checked(answer: httpx.Response) -> None:
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        assert set(answer.json()["error"]) == {"code", "message"}
    assert "Traceback" not in answer.text


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(path=st.sampled_from(["session", "messages", "feedback"]), body=BODIES)
def test_any_body_gets_a_reply_or_a_reason(server: str, somebody: Person, path: str, body: str | bytes) -> None:
    place = ".".join(["10", *(str(part) for part in secrets.token_bytes(3))])
    headers = {
        "Authorization": f"Bearer {somebody.token}",
        "Content-Type": "application/json",
        "X-Forwarded-For": place,
    }
    checked(httpx.post(f"{server}/web/{path}", content=body, headers=headers, timeout=30))


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    path=st.sampled_from(["/web/messages", "/kiosk/session", "/web/content", "/answers/", "/favicon.ico", "/nothing"]),
    method=st.sampled_from(["GET", "POST", "DELETE", "HEAD", "OPTIONS"]),
    headers=HEADERS,
)
def test_any_header_gets_an_answer(server: str, path: str, method: str, headers: dict[str, str]) -> None:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    host, port = server.removeprefix("http://").split(":")
    request = f"{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: 0\r\n{lines}\r\n"
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(request.encode("latin-1"))
        answer = b""
        while part := connection.recv(65536):
            answer += part
    status = int(answer.split(b" ", 2)[1])
    assert status < 500, answer
