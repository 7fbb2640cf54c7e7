"""What nginx keeps from the replicas: slow, oversized and malformed requests, and claims about who sends them."""

import json
import secrets
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import jwt
import pytest

from tests.services import Postgres, RedisServer
from tests.topology.cluster import Cluster


def raw(cluster: Cluster, request: bytes, seconds: float = 15) -> bytes:
    """Send bytes and return what comes back until the connection ends."""
    port = int(cluster.url.rsplit(":", 1)[1])
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as connection:
        connection.sendall(request)
        answer = b""
        try:
            while part := connection.recv(65536):
                answer += part
                if b"\r\n0\r\n\r\n" in answer or b"Connection: close" in answer:
                    break
        except (TimeoutError, ConnectionResetError):
            pass
        return answer


def status(answer: bytes) -> int:
    return int(answer.split(b" ")[1]) if answer else 0


@pytest.fixture
def token(cluster: Cluster) -> str:
    return httpx.post(f"{cluster.url}/web/session", json={}, timeout=30).json()["token"]


def answered(cluster: Cluster, token: str) -> bool:
    body = {"id": secrets.token_hex(8), "text": "does it hurt"}
    headers = {"Authorization": f"Bearer {token}"}
    answer = httpx.post(f"{cluster.url}/web/messages", json=body, headers=headers, timeout=30)
    return answer.status_code == 200


def test_a_body_beyond_the_limit_is_refused_before_it_is_read(cluster: Cluster) -> None:
    head = b"POST /web/messages HTTP/1.1\r\nHost: b12\r\nContent-Type: application/json\r\nContent-Length: 100000000\r\n\r\n"
    assert status(raw(cluster, head)) == 413


@pytest.mark.parametrize(
    "headers",
    [
        b"Content-Length: 10\r\nTransfer-Encoding: chunked\r\n",
        b"Content-Length: 10\r\nContent-Length: 20\r\n",
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
        b"Transfer-Encoding: xchunked\r\n",
        b"Content-Length : 10\r\n",
        b"Content-Length: +10\r\n",
        b"X: a\rContent-Length: 3\r\n",
    ],
)
def test_a_request_that_two_servers_could_read_in_two_ways_reaches_none(
    cluster: Cluster, token: str, headers: bytes
) -> None:
    smuggled = b"0\r\n\r\nGET /metrics HTTP/1.1\r\nHost: b12\r\n\r\n"
    answer = raw(cluster, b"POST /web/session HTTP/1.1\r\nHost: b12\r\n" + headers + b"\r\n" + smuggled, seconds=3)
    assert b"b12_turns_total" not in answer
    assert status(answer) in (0, 400, 411, 415, 422, 501)
    assert answered(cluster, token)


@pytest.mark.parametrize("held", [b"POST /web/messages HTTP/1.1\r\nHost: b12\r\nX-Slow: ", None])
def test_whoever_sends_a_byte_at_a_time_is_cut_off_and_others_do_not_notice(
    cluster: Cluster, token: str, held: bytes | None
) -> None:
    beginning = held or (
        b"POST /web/messages HTTP/1.1\r\nHost: b12\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"
    )
    port = int(cluster.url.rsplit(":", 1)[1])
    slow = [socket.create_connection(("127.0.0.1", port), timeout=30) for _ in range(100)]
    try:
        for connection in slow:
            connection.sendall(beginning)
        assert answered(cluster, token)
        if held:  # the header's time counts as a whole, so a trickle does not help
            time.sleep(6)
            slow[0].sendall(b"a")
        end = slow[0].recv(4096)  # waits until nginx has had enough
        assert end == b"" or status(end) in (400, 408)
    except ConnectionResetError:
        pass
    finally:
        for connection in slow:
            connection.close()
    assert answered(cluster, token)


def test_a_client_that_leaves_in_mid_turn_gets_its_answer_when_it_comes_back(cluster: Cluster, token: str) -> None:
    body = json.dumps({"id": "left-in-mid-turn", "text": "how often do i need the jabs"}).encode()
    head = (
        f"POST /web/messages HTTP/1.1\r\nHost: b12\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode()
    port = int(cluster.url.rsplit(":", 1)[1])
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(head + body)
    answer = httpx.post(
        f"{cluster.url}/web/messages",
        content=body,
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        timeout=60,
    )
    assert answer.json()["message"]["topics"] == ["frequency"]


def test_a_slow_turns_events_are_passed_on_and_end_in_the_message(cluster: Cluster, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}", "Accept": "text/event-stream"}
    body = {"id": secrets.token_hex(8), "text": "does it hurt"}
    with httpx.stream("POST", f"{cluster.url}/web/messages", json=body, headers=headers, timeout=30) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        text = "".join(answer.iter_text())
    assert "event: message" in text


def test_the_address_that_counts_is_the_one_nginx_saw(cluster: Cluster) -> None:
    """What a client claims stands before what nginx adds; only the last one, of the trusted proxy, is believed."""
    with httpx.Client(transport=httpx.HTTPTransport(local_address="127.0.0.2"), timeout=30) as somebody:
        claims = [
            {},
            {"X-Forwarded-For": "203.0.113.9"},
            {"X-Forwarded-For": "127.0.0.1"},
            {"X-Real-IP": "203.0.113.9"},
        ]
        tokens = [
            somebody.post(f"{cluster.url}/web/session", json={}, headers=claim).json()["token"] for claim in claims
        ]
    assert len({place(token) for token in tokens}) == 1
    other = httpx.post(f"{cluster.url}/web/session", json={}, timeout=30).json()["token"]
    assert place(other) != place(tokens[0])


def place(token: str) -> str:
    """The hash of the address in a token; it is signed, not secret."""
    return jwt.decode(token, options={"verify_signature": False})["place"]


@pytest.fixture(scope="module")
def nobody(folder: Path, postgres: Postgres, redis_server: RedisServer) -> Iterator[Cluster]:
    """nginx with no replica behind it."""
    (folder / "nobody").mkdir()
    cluster = Cluster(folder / "nobody", postgres, redis_server, count=2)
    cluster.start_proxy()
    yield cluster
    cluster.stop()


def test_with_no_replica_people_are_told_what_to_do(nobody: Cluster) -> None:
    answer = httpx.post(f"{nobody.url}/web/session", json={}, timeout=30)
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
    assert "999" in answer.json()["error"]["message"]
