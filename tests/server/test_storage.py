"""The real server with real databases: what it keeps, and how it goes on when they are away."""

import asyncio
import json
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from assistant.storage import database, tables
from tests.conftest import free_port, start_server
from tests.services import Postgres, RedisServer, until

KEY = "aGVsbG8gaGVsbG8gaGVsbG8gaGVsbG8gaGVsbG8gMTI="
CANARY = "xylophonecanary"


def ask(url: str, message: str, sender: str, **headers: str) -> httpx.Response:
    body = {"sender": sender, "message": message}
    return httpx.post(f"{url}/webhooks/rest/webhook", json=body, headers=headers, timeout=60)


def answered(answer: httpx.Response) -> list[str]:
    """The topics that were answered, or explained once more."""
    return [entry["topic"] for entry in envelope(answer)["answers"]]


def envelope(answer: httpx.Response) -> dict:
    assert answer.status_code == 200, answer.text
    (message,) = answer.json()
    return message["custom"]


@pytest.fixture(scope="module")
def own(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A server of its own on SQLite that logs JSON, and its folder."""
    folder = tmp_path_factory.mktemp("own")
    port = free_port()
    url = f"sqlite:///{folder}/b12.sqlite"
    process = start_server(port, folder / "log.txt", DATABASE_URL=url, LOG_FORMAT="json")
    yield f"http://127.0.0.1:{port}", folder
    process.terminate()
    process.wait(20)


def test_a_turn_is_recorded_without_its_words(own: tuple[str, Path]) -> None:
    url, folder = own
    envelope(ask(url, "how often are b12 injections given?", "anna"))
    envelope(ask(url, "my throat is closing up after the jab", "bert"))
    envelope(ask(url, "what is the capital of france", "cora"))
    with sqlite3.connect(folder / "b12.sqlite") as connection:
        connection.row_factory = sqlite3.Row
        until(lambda: connection.execute("SELECT count(*) FROM turns").fetchone()[0] == 3)
        answer, emergency, declined = map(dict, connection.execute("SELECT * FROM turns ORDER BY at"))
    assert (answer["kind"], json.loads(answer["topics"]), answer["channel"]) == ("answer", ["frequency"], "rest")
    assert list(json.loads(answer["cards"])) == ["frequency"] and answer["milliseconds"] > 0
    assert answer["model"].startswith("b12-") and len(answer["content"]) == 12
    assert (emergency["kind"], emergency["urgency"]) == ("emergency", "now") and emergency["hazard"]
    assert declined["kind"] == "out_of_scope" and declined["out_of_scope"] == "not_health"
    assert len({answer["conversation"], emergency["conversation"], declined["conversation"]}) == 3
    stored = str(answer) + str(emergency) + str(declined)
    assert not any(word in stored for word in ("anna", "throat", "france"))


def test_the_envelope_shows_nothing_of_the_records(own: tuple[str, Path]) -> None:
    shown = envelope(ask(own[0], "my throat is closing up after the jab", "dora"))
    assert "notes" not in shown and "hazard" not in shown


def test_log_lines_are_json_with_the_request_and_without_words(own: tuple[str, Path]) -> None:
    url, folder = own
    answer = ask(url, f"does the {CANARY} hurt", "eva", **{"X-Request-ID": "from-the-proxy-1"})
    assert answer.headers["X-Request-ID"] == "from-the-proxy-1"
    odd = ask(url, "hello", "eva", **{"X-Request-ID": "no id; at all"})
    assert len(odd.headers["X-Request-ID"]) == 32
    text = (folder / "log.txt").read_text()
    lines = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    turn = next(line for line in lines if line.get("request") == "from-the-proxy-1")
    assert turn["message"] == "turn" and turn["channel"] == "rest" and turn["milliseconds"] >= 0
    assert CANARY not in text


def test_figures_tell_model_texts_refusals_and_alarms(own: tuple[str, Path]) -> None:
    url, _ = own
    ask(url, "my throat is closing up after the jab", "fay")
    ask(url, "what is the capital of france", "gus")
    figures = httpx.get(f"{url}/metrics").text
    assert 'b12_running{content="' in figures and 'model="b12-' in figures
    assert 'b12_declined_total{about="not_health",channel="rest"}' in figures
    assert 'b12_alarms_total{channel="rest",hazard="' in figures
    assert 'b12_degraded{service="database"} 0.0' in figures


def test_health_tells_of_the_database_and_redis(own: tuple[str, Path]) -> None:
    health = httpx.get(f"{own[0]}/health").json()
    assert (health["status"], health["database"], health["redis"]) == ("ok", "ok", "off")
    assert httpx.get(f"{own[0]}/ready").json()["status"] == "ready"


def test_a_conversation_outlives_the_server(model: Path, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/b12.sqlite"
    for number, message in enumerate(["how often are b12 injections given?", "tell me more"]):
        port = free_port()
        process = start_server(port, tmp_path / f"log{number}.txt", DATABASE_URL=url, B12_STORAGE_KEY=KEY)
        reply = answered(ask(f"http://127.0.0.1:{port}", message, "me"))
        process.kill()  # no time to tidy up
        process.wait(20)
        assert reply == ["frequency"]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("DATABASE_URL", "mysql://host/db", "DATABASE_URL names a 'mysql' database"),
        ("B12_STORAGE_KEY", "short", "B12_STORAGE_KEY holds something that is not a key"),
        ("B12_KEEP_HOURS", "a day", "B12_KEEP_HOURS can't be right (storage.keep_hours"),
        ("REDIS_URL", "http://host", "REDIS_URL is not the address"),
        ("LOG_FORMAT", "xml", "LOG_FORMAT can't be right (logs.format"),
        ("B12_WEB__CHAT_MINUTE", "20", "B12_WEB__CHAT_MINUTE is not the name of a setting. Did you mean"),
    ],
)
def test_a_setting_that_cannot_be_right_stops_the_start_in_one_line(
    model: Path, tmp_path: Path, name: str, value: str, said: str
) -> None:
    with pytest.raises(AssertionError):
        start_server(free_port(), tmp_path / "log.txt", **{name: value})
    log = (tmp_path / "log.txt").read_text()
    assert f"Error: {said}" in log and "Traceback" not in log


def test_several_workers_without_redis_are_refused(model: Path, tmp_path: Path) -> None:
    with pytest.raises(AssertionError):
        start_server(free_port(), tmp_path / "log.txt", "--workers", "2")
    assert "Set REDIS_URL" in (tmp_path / "log.txt").read_text()


@pytest.fixture(scope="module")
def replicas(
    model: Path, postgres: Postgres, redis_server: RedisServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[str]]:
    """Two servers that share PostgreSQL and Redis."""
    folder = tmp_path_factory.mktemp("replicas")
    settings = {"DATABASE_URL": postgres.url, "REDIS_URL": redis_server.url, "B12_STORAGE_KEY": KEY}
    ports = [free_port(), free_port()]
    servers = [start_server(port, folder / f"{port}.txt", **settings) for port in ports]
    yield [f"http://127.0.0.1:{port}" for port in ports]
    for server in servers:
        server.terminate()
    for server in servers:
        server.wait(20)


def stored_texts(postgres: Postgres) -> int:
    engine = database.create_engine(database.database_url({"DATABASE_URL": postgres.url}))
    with engine.connect() as connection:
        count = connection.execute(sa.select(sa.func.count()).select_from(tables.history)).scalar_one()
    engine.dispose()
    return count


async def test_200_messages_at_once_are_answered_each_once(replicas: list[str], postgres: Postgres) -> None:
    before = stored_texts(postgres)
    sender = os.urandom(8).hex()
    async with httpx.AsyncClient(timeout=60, limits=httpx.Limits(max_connections=200)) as client:

        async def send(number: int) -> httpx.Response:
            body = {"sender": sender, "message": "how often are b12 injections given?"}
            return await client.post(f"{replicas[number % 2]}/webhooks/rest/webhook", json=body)

        answers = await asyncio.gather(*(send(number) for number in range(200)))
    assert {tuple(answered(answer)) for answer in answers} == {("frequency",)}
    assert stored_texts(postgres) == before + 200


def test_replicas_go_on_with_each_others_conversations(replicas: list[str]) -> None:
    sender = os.urandom(8).hex()
    assert answered(ask(replicas[0], "how often are b12 injections given?", sender)) == ["frequency"]
    assert answered(ask(replicas[1], "tell me more", sender)) == ["frequency"]
    assert answered(ask(replicas[1], "does it hurt", sender)) == ["injection_pain"]
    assert answered(ask(replicas[0], "simpler please", sender)) == ["injection_pain"]


def test_an_id_with_a_nul_byte_is_refused_and_the_server_lives(replicas: list[str]) -> None:
    assert ask(replicas[0], "hello", "a\0b").status_code == 400
    assert envelope(ask(replicas[0], "hello", os.urandom(8).hex()))["kind"] == "conversation"


def test_answers_go_on_without_postgres_and_without_redis(
    replicas: list[str], postgres: Postgres, redis_server: RedisServer
) -> None:
    sender = os.urandom(8).hex()
    envelope(ask(replicas[0], "how often are b12 injections given?", sender))
    before = stored_texts(postgres)
    postgres.stop()
    redis_server.stop()
    try:
        assert answered(ask(replicas[0], "tell me more", sender)) == ["frequency"]
        until(lambda: httpx.get(f"{replicas[0]}/health").json()["redis"] == "degraded")
        health = httpx.get(f"{replicas[0]}/health")
        assert health.status_code == 200
        assert (health.json()["status"], health.json()["database"]) == ("degraded", "degraded")
        assert httpx.get(f"{replicas[0]}/ready").status_code == 200
        assert envelope(ask(replicas[0], "my throat is closing up", sender))["kind"] == "emergency"
    finally:
        postgres.start()
        redis_server.start()
    until(lambda: httpx.get(f"{replicas[0]}/health").json()["status"] == "ok")
    assert stored_texts(postgres) == before + 2


def test_answers_and_health_do_not_wait_for_a_database_that_hangs(replicas: list[str], postgres: Postgres) -> None:
    sender = os.urandom(8).hex()
    envelope(ask(replicas[1], "how often are b12 injections given?", sender))
    postgres.freeze()
    try:
        assert answered(ask(replicas[1], "tell me more", sender)) == ["frequency"]
        assert httpx.get(f"{replicas[1]}/health", timeout=5).json()["database"] == "degraded"
    finally:
        postgres.thaw()
    until(lambda: httpx.get(f"{replicas[1]}/health").json()["status"] == "ok")


def test_it_starts_without_its_database_and_says_so(model: Path, postgres: Postgres, tmp_path: Path) -> None:
    postgres.stop()
    port = free_port()
    try:
        process = start_server(port, tmp_path / "log.txt", DATABASE_URL=postgres.url)
        reply = envelope(ask(f"http://127.0.0.1:{port}", "how often are b12 injections given?", "me"))
        assert reply["topics"] == ["frequency"]
        assert "does not answer" in (tmp_path / "log.txt").read_text()
    finally:
        postgres.start()
    until(lambda: httpx.get(f"http://127.0.0.1:{port}/health").json()["status"] == "ok")
    process.terminate()
    process.wait(20)
