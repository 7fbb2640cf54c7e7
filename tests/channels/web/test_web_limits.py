"""Who asks too much is told how long to wait; who may be in danger is always answered."""

import httpx
import pytest

from tests.channels.web.conftest import Person, address

CALM, URGENT = "do b12 injections hurt?", "my throat is closing up after the jab"


def refused(answer: httpx.Response) -> bool:
    if answer.status_code != 429:
        return False
    assert answer.json()["error"]["code"] == "too_many"
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    assert "call 999" in answer.json()["error"]["message"]
    return True


def test_a_chat_that_sends_too_many_messages_waits_but_not_an_emergency(strict_server: str) -> None:
    person = Person(strict_server)
    assert not any(refused(person.send(CALM)) for _ in range(4))
    answer = person.send(CALM, "waiting-1")
    assert refused(answer)
    urgent = person.send(URGENT)
    assert urgent.status_code == 200
    assert urgent.json()["message"]["kind"] == "emergency"
    assert refused(person.send(CALM, "waiting-1")), "what was refused wasn't counted as answered"


def test_an_address_that_sends_too_many_messages_waits_and_others_do_not(strict_server: str) -> None:
    place = address()
    one, other = Person(strict_server, place=place), Person(strict_server, place=place)
    assert not any(refused(person.send(CALM)) for person in (one, other) for _ in range(3))
    assert refused(other.send(CALM))
    assert other.send(URGENT).json()["message"]["kind"] == "emergency"
    assert Person(strict_server).send(CALM).status_code == 200


def test_the_addresses_of_one_ipv6_network_count_as_one(strict_server: str) -> None:
    people = [Person(strict_server, place=f"2001:db8:7:7::{number}") for number in range(3)]
    assert refused(people[0].post("session", {}, **{"X-Forwarded-For": "2001:db8:7:7:ffff::1"}))
    assert Person(strict_server, place="2001:db8:7:8::1")


def test_an_address_may_have_so_many_chats_open_and_a_deleted_one_makes_room(strict_server: str) -> None:
    place = address()
    people = [Person(strict_server, place=place) for _ in range(3)]
    assert refused(people[0].post("session", {}))
    assert people[0].delete().status_code == 204
    assert Person(strict_server, place=place)


def test_an_address_that_opens_chats_without_end_waits(strict_server: str) -> None:
    place = address()
    for _ in range(5):
        Person(strict_server, place=place).delete()
    answer = httpx.post(f"{strict_server}/web/session", json={}, headers={"X-Forwarded-For": place})
    assert refused(answer)


def test_only_a_trusted_proxy_may_name_an_address(strict_server: str) -> None:
    # The proxy adds the address that it sees behind what the client claims.
    place = address()
    for claimed in ("1.2.3.4", "4.3.2.1", "9.9.9.9"):
        Person(strict_server, place=f"{claimed}, {place}")
    answer = httpx.post(f"{strict_server}/web/session", json={}, headers={"X-Forwarded-For": f"5.5.5.5, {place}"})
    assert refused(answer)


@pytest.mark.parametrize("origin", ["https://b12.example", None])
def test_the_public_address_is_ours_too(strict_server: str, origin: str | None) -> None:
    headers = {"X-Forwarded-For": address(), **({"Origin": origin} if origin else {})}
    assert httpx.post(f"{strict_server}/web/session", json={}, headers=headers).status_code == 201
