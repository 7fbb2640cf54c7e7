"""Three replicas behind nginx on PostgreSQL and Redis: what breaks under load costs nobody an answer or a conversation."""

import asyncio
import secrets
import threading
import time
from collections.abc import Callable

import httpx
import pytest

from tests.services import Postgres, RedisServer, until
from tests.topology.cluster import Cluster
from tests.topology.people import Seen, answered, talk


def under_load(cluster: Cluster, fault: Callable[[], None], people: int = 6) -> Seen:
    """Let people talk, break something meanwhile, and go on a while."""
    seen, done = Seen(), threading.Event()

    def work() -> None:
        asyncio.run(talk(cluster.url, people, done.is_set, seen))

    load = threading.Thread(target=work)
    load.start()
    try:
        until(lambda: len(seen.replies) >= 20, seconds=120)
        fault()
        after = len(seen.replies)
        until(lambda: len(seen.replies) >= after + 20, seconds=180)
    finally:
        done.set()
        load.join(300)
    assert not load.is_alive()
    return seen


def all_were_answered(seen: Seen) -> None:
    assert seen.lost == []
    assert len(seen.replies) == seen.asked
    assert "failed" not in {reply["kind"] for reply in seen.replies.values()}


def healthy(cluster: Cluster) -> bool:
    return all(httpx.get(f"{replica}/health", timeout=10).json()["status"] == "ok" for replica in cluster.replicas)


def failures(cluster: Cluster) -> int:
    return sum(httpx.get(f"{replica}/health", timeout=10).json()["failures"] for replica in cluster.replicas)


def test_a_chat_goes_on_at_any_replica(cluster: Cluster) -> None:
    token = httpx.post(f"{cluster.replicas[0]}/web/session", json={}, timeout=30).json()["token"]
    for number, (text, topic) in enumerate(
        [("does it hurt", "injection_pain"), ("simpler please", "injection_pain"), ("tell me more", "injection_pain")]
    ):
        answer = httpx.post(
            f"{cluster.replicas[number]}/web/messages",
            json={"id": secrets.token_hex(8), "text": text},
            headers={"Authorization": f"Bearer {token}"},
            timeout=30,
        )
        assert answered(answer.json()["message"]) == [topic], text


def test_a_message_that_is_sent_again_to_another_replica_is_answered_once(cluster: Cluster) -> None:
    token = httpx.post(f"{cluster.url}/web/session", json={}, timeout=30).json()["token"]
    body = {"id": secrets.token_hex(8), "text": "does it hurt"}
    answers = [
        httpx.post(
            f"{replica}/web/messages", json=body, headers={"Authorization": f"Bearer {token}"}, timeout=30
        ).json()
        for replica in cluster.replicas
    ]
    assert answers[0] == answers[1] == answers[2]


def test_killing_a_replica_under_load_loses_no_message_and_no_conversation(cluster: Cluster) -> None:
    seen = under_load(cluster, lambda: cluster.kill_replica(1))
    cluster.start_replica(1)
    all_were_answered(seen)
    assert seen.forgotten == []


def test_a_rolling_restart_under_load_loses_no_message_and_no_conversation(cluster: Cluster) -> None:
    before = failures(cluster)

    def roll() -> None:
        for number in range(len(cluster.replicas)):
            cluster.stop_replica(number)
            cluster.start_replica(number)

    seen = under_load(cluster, roll)
    all_were_answered(seen)
    assert seen.forgotten == []
    assert failures(cluster) <= before  # the counts of a process begin anew; nothing is added


def test_a_restart_of_postgres_under_load_loses_no_message(cluster: Cluster, postgres: Postgres) -> None:
    def restart() -> None:
        postgres.stop()
        time.sleep(2)
        postgres.start()

    seen = under_load(cluster, restart)
    all_were_answered(seen)
    # A conversation that another replica goes on with while the database is away begins anew: docs/operations.md.
    until(lambda: healthy(cluster), seconds=120)


def test_redis_going_and_coming_under_load_loses_no_message(cluster: Cluster, redis_server: RedisServer) -> None:
    def restart() -> None:
        redis_server.stop()
        time.sleep(2)
        redis_server.start()

    seen = under_load(cluster, restart)
    all_were_answered(seen)
    assert seen.forgotten == []
    until(lambda: healthy(cluster), seconds=120)


def test_an_emergency_is_answered_with_the_database_and_redis_gone(
    cluster: Cluster, postgres: Postgres, redis_server: RedisServer
) -> None:
    token = httpx.post(f"{cluster.url}/kiosk/session", json={}, timeout=30).json()["token"]
    postgres.stop()
    redis_server.stop()
    try:
        body = {"id": secrets.token_hex(8), "text": "my throat is closing up after the jab"}
        answer = httpx.post(
            f"{cluster.url}/kiosk/messages", json=body, headers={"Authorization": f"Bearer {token}"}, timeout=30
        )
        assert answer.json()["message"]["kind"] == "emergency"
    finally:
        postgres.start()
        redis_server.start()
    until(lambda: healthy(cluster), seconds=120)


def test_the_logs_of_all_hold_nobodys_words(cluster: Cluster) -> None:
    logs = cluster.logs()
    assert '"replica"' in logs  # nginx's lines are among them
    for words in ("does it hurt", "simpler please", "side effects", "throat is closing", "127.0.0.1:0"):
        assert words not in logs
    assert "Bearer" not in logs


@pytest.mark.parametrize(
    "path", ["/metrics", "/ready", "/webhooks/rest/webhook", "/webhooks/rest", "/webhooks/rest/../rest/webhook"]
)
def test_the_public_finds_neither_the_figures_nor_the_rest_channel(cluster: Cluster, path: str) -> None:
    assert httpx.get(f"{cluster.url}{path}", timeout=10).status_code == 404
    assert httpx.post(f"{cluster.url}{path}", json={"sender": "a", "message": "hi"}, timeout=10).status_code == 404
