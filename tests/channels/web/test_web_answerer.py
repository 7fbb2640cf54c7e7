"""Each message once, a chat's messages in order: with turns that are slow, fail, or run on two servers."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from assistant.channels import turn
from assistant.channels.refusal import RequestError
from assistant.channels.web import state as states
from assistant.channels.web import stream
from assistant.channels.web.limits import Limiter
from assistant.channels.web.messages import Answerer, WebMessage
from assistant.channels.web.session import Session
from assistant.settings import Limits
from assistant.storage.redis import Shared
from tests.services import RedisServer

SESSION = Session("a" * 32, "web", "p", 0, 10**10)
OTHER = Session("b" * 32, "web", "p", 0, 10**10)
CALM, URGENT = "do b12 injections hurt?", "my throat is closing up after the jab"


class Turns:
    """Turns that note what they answer, and wait until they may end."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.may_end = asyncio.Event()
        self.may_end.set()
        self.fail = False

    async def take(self, message: WebMessage, session: Session) -> dict:
        self.begun.append(message.text)
        await self.may_end.wait()
        if self.fail:
            raise RuntimeError("broken")
        return {"text": f"{session.id[0]}: {message.text}"}


def answerer(turns: Turns, state: states.State | None = None, **limits: int) -> Answerer:
    return Answerer(state or states.Memory(), Limiter(Limits(**limits)), turns.take)


async def test_a_chats_messages_are_answered_in_the_order_in_which_they_came() -> None:
    turns = Turns()
    one = answerer(turns)
    tasks = [one.answer(SESSION, WebMessage(f"message-{number}", f"text {number}"), "p") for number in range(9)]
    await asyncio.gather(*tasks)
    assert turns.begun == [f"text {number}" for number in range(9)]


def test_a_claim_lasts_longer_than_a_turn_can_and_less_long_than_nginx_waits() -> None:
    assert turn.LONGEST_WAIT_SECONDS + turn.LONGEST_TURN_SECONDS < states.PENDING_SECONDS < 60


async def test_another_chat_does_not_wait() -> None:
    turns = Turns()
    turns.may_end.clear()
    one = answerer(turns)
    slow = one.answer(SESSION, WebMessage("message-1", "slow"), "p")
    other = one.answer(OTHER, WebMessage("message-1", "other"), "p")
    await asyncio.sleep(0.01)
    assert turns.begun == ["slow", "other"]
    turns.may_end.set()
    assert [await slow, await other] == [{"text": "a: slow"}, {"text": "b: other"}]


async def test_a_retry_while_the_first_is_being_answered_waits_for_it() -> None:
    turns = Turns()
    turns.may_end.clear()
    one = answerer(turns)
    tasks = [one.answer(SESSION, WebMessage("message-1", CALM), "p") for _ in range(5)]
    await asyncio.sleep(0.01)
    turns.may_end.set()
    assert await asyncio.gather(*tasks) == [{"text": f"a: {CALM}"}] * 5
    assert turns.begun == [CALM]


async def test_a_turn_goes_on_when_its_client_has_gone_and_the_retry_gets_its_reply() -> None:
    turns = Turns()
    turns.may_end.clear()
    one = answerer(turns)
    waiting = asyncio.ensure_future(asyncio.shield(one.answer(SESSION, WebMessage("message-1", CALM), "p")))
    await asyncio.sleep(0.01)
    waiting.cancel()
    turns.may_end.set()
    assert await one.answer(SESSION, WebMessage("message-1", CALM), "p") == {"text": f"a: {CALM}"}
    assert turns.begun == [CALM]


async def test_a_turn_that_fails_may_be_tried_again() -> None:
    turns = Turns()
    turns.fail = True
    one = answerer(turns)
    with pytest.raises(RuntimeError):
        await one.answer(SESSION, WebMessage("message-1", CALM), "p")
    turns.fail = False
    assert (await one.answer(SESSION, WebMessage("message-1", CALM), "p"))["text"]


async def test_what_was_refused_as_too_many_may_be_sent_again_with_its_id() -> None:
    turns, memory = Turns(), states.Memory()
    await answerer(turns, memory, messages_per_minute=1).answer(SESSION, WebMessage("message-1", CALM), "p")
    strict = answerer(turns, memory, messages_per_minute=1)
    await strict.answer(SESSION, WebMessage("message-2", CALM), "p")
    with pytest.raises(RequestError) as refused:
        await strict.answer(SESSION, WebMessage("message-3", CALM), "p")
    assert refused.value.status == 429
    assert await answerer(turns, memory).answer(SESSION, WebMessage("message-3", CALM), "p")


async def test_too_many_that_wait_are_refused_but_not_a_red_flag() -> None:
    turns = Turns()
    turns.may_end.clear()
    one = answerer(turns)
    tasks = [one.answer(SESSION, WebMessage(f"message-{number}", CALM), "p") for number in range(10)]
    with pytest.raises(RequestError) as refused:
        one.answer(SESSION, WebMessage("message-more", CALM), "p")
    assert refused.value.status == 429
    tasks.append(one.answer(SESSION, WebMessage("message-help", URGENT), "p"))
    turns.may_end.set()
    await asyncio.gather(*tasks)
    assert turns.begun[-1] == URGENT


async def test_a_chat_made_void_while_its_message_waits_is_not_answered() -> None:
    turns, memory = Turns(), states.Memory()
    one = answerer(turns, memory)
    async with one.lock(SESSION):
        task = one.answer(SESSION, WebMessage("message-1", CALM), "p")
        await asyncio.sleep(0)
        await memory.void(SESSION.id, "p")
    with pytest.raises(RequestError) as refused:
        await task
    assert refused.value.code == "session_expired"
    assert turns.begun == []


@pytest.fixture(scope="module")
def redis_server(tmp_path_factory: pytest.TempPathFactory):
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
async def two(redis_server: RedisServer) -> AsyncIterator[tuple[states.State, states.State]]:
    """What two servers remember."""
    connections = [Shared(redis_server.url), Shared(redis_server.url)]
    yield states.connect(connections[0]), states.connect(connections[1])
    for connection in connections:
        await connection.close()


async def test_two_servers_answer_a_message_once(two) -> None:
    turns = Turns()
    turns.may_end.clear()
    here, there = (answerer(turns, state) for state in two)
    first = here.answer(SESSION, WebMessage("shared-1", CALM), "p")
    while not turns.begun:
        await asyncio.sleep(0.01)
    again = there.answer(SESSION, WebMessage("shared-1", CALM), "p")
    await asyncio.sleep(0.1)
    turns.may_end.set()
    assert await first == await again
    assert turns.begun == [CALM]
    with pytest.raises(RequestError):
        await there.answer(SESSION, WebMessage("shared-1", "another text"), "p")


async def test_a_chat_deleted_on_one_server_is_void_on_the_other_and_its_replies_are_gone(two) -> None:
    here, there = two
    await here.claim("chat", "message", "f")
    await here.keep("chat", "message", "f", {"text": "reply"})
    assert await there.claim("chat", "message", "f") == {"fingerprint": "f", "reply": {"text": "reply"}}
    await there.void("chat", "p")
    assert await here.is_void("chat")
    assert await here.claim("chat", "message", "f") is None


async def test_open_chats_are_counted_over_all_servers(two) -> None:
    here, there = two
    until = int(time.time()) + 60
    assert await here.open("one", "place", until, 2)
    assert await there.open("two", "place", until, 2)
    assert not await here.open("three", "place", until, 2)
    assert await here.open("two", "place", until, 2), "the same chat, renewed"
    await here.void("two", "place")
    assert await there.open("three", "place", until, 2)


async def test_limits_are_counted_over_all_servers_and_without_redis_by_each(tmp_path: Path) -> None:
    server = RedisServer(tmp_path)
    server.start()
    shared = Shared(server.url)
    here, there = (Limiter(Limits(messages_per_minute=2), shared, server.url) for _ in range(2))
    await here.message("chat", "p")
    await there.message("chat", "p")
    with pytest.raises(RequestError) as refused:
        await here.message("chat", "p")
    assert 1 <= int(refused.value.headers["Retry-After"]) <= 60
    server.stop()
    await here.message("chat", "p")  # Redis is away: this server counts for itself
    await here.message("chat", "p")
    with pytest.raises(RequestError):
        await here.message("chat", "p")
    await shared.close()


async def test_without_redis_a_server_remembers_for_itself(tmp_path: Path) -> None:
    server = RedisServer(tmp_path)
    shared = Shared(server.url)  # not started
    state = states.connect(shared)
    assert await state.claim("chat", "message", "f") is None
    await state.keep("chat", "message", "f", {"text": "reply"})
    assert (await state.claim("chat", "message", "f") or {})["reply"] == {"text": "reply"}
    await state.void("chat", "p")
    assert await state.is_void("chat")
    await shared.close()


class Request:
    """Takes what is streamed."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    async def respond(self, content_type: str) -> "Request":
        return self

    async def send(self, text: str) -> None:
        self.sent.append(text)

    async def eof(self) -> None:
        pass


async def test_a_slow_turn_says_that_it_is_working(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "SLOW_SECONDS", 0.01)
    monkeypatch.setattr(stream, "KEEP_ALIVE_SECONDS", 0.01)
    turn: asyncio.Future = asyncio.get_running_loop().create_future()
    request = Request()
    sending = asyncio.create_task(stream.send(request, turn))
    while len(request.sent) < 3:
        await asyncio.sleep(0.01)
    turn.set_result({"id": "a"})
    await sending
    assert set(request.sent[:-1]) == {'event: status\ndata: {"state": "working"}\n\n'}
    assert request.sent[-1] == 'event: message\ndata: {"id": "a"}\n\n'


@pytest.mark.parametrize("error", [RequestError("too_many", "Please wait.", 429), RuntimeError("secret")])
async def test_events_always_end(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    monkeypatch.setattr(stream, "SLOW_SECONDS", 0.01)
    turn: asyncio.Future = asyncio.get_running_loop().create_future()
    request = Request()
    sending = asyncio.create_task(stream.send(request, turn))
    await asyncio.sleep(0.05)
    turn.set_exception(error)
    await sending
    name, data = request.sent[-1].strip().split("\n")
    assert name == "event: error"
    assert set(json.loads(data.removeprefix("data: "))["error"]) == {"code", "message"}
    assert "secret" not in data
