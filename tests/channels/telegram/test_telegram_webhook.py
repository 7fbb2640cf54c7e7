"""The webhook: who may call it, what it takes, and that the server stays up without Telegram."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from bots import FullDisk, Handler
from fake_telegram import TOKEN, FakeTelegram, Refused
from rasa.core.channels.channel import UserMessage
from sanic import Sanic

from assistant.channels.telegram.polling import open_queue
from assistant.channels.telegram.settings import Settings
from assistant.channels.telegram.webhook import SECRET_HEADER, TelegramChannel

SECRET = "a-secret"


class Site:
    """A server with nothing but the Telegram channel."""

    def __init__(self, channel: TelegramChannel, handler: Handler, port: int) -> None:
        Sanic.test_mode = True
        self.address = f"http://127.0.0.1:{port}/webhooks/telegram"
        app = Sanic(f"site_{port}", configure_logging=False)

        async def handle(message: UserMessage) -> None:
            await handler(message)

        app.blueprint(channel.blueprint(handle), url_prefix="/webhooks/telegram")
        ready = threading.Event()

        async def serve() -> None:
            self.loop = asyncio.get_running_loop()
            server = await app.create_server("127.0.0.1", port, return_asyncio_server=True, access_log=False)
            await server.startup()
            await server.before_start()
            await server.after_start()
            self.stopped = asyncio.Event()
            ready.set()
            await self.stopped.wait()
            await server.before_stop()
            server.close()

        self.thread = threading.Thread(target=asyncio.run, args=(serve(),), daemon=True)
        self.thread.start()
        assert ready.wait(10)

    def status(self) -> str:
        return httpx.get(self.address + "/").json()["status"]

    def wait_for(self, status: str) -> None:
        deadline = time.monotonic() + 10
        while self.status() != status:
            assert time.monotonic() < deadline, f"still {self.status()}, not {status}"
            time.sleep(0.05)

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(self.stopped.set)
        self.thread.join(10)


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def hooked(telegram: FakeTelegram, port: int) -> Settings:
    return Settings(TOKEN, telegram.address, f"http://127.0.0.1:{port}/webhooks/telegram/webhook", SECRET)


@pytest.fixture
def site(hooked: Settings, handler: Handler, port: int, tmp_path: Path) -> Iterator[Site]:
    running = Site(TelegramChannel(hooked, tmp_path), handler, port)
    running.wait_for("ok")
    yield running
    running.stop()


def test_the_bot_sets_its_webhook_with_its_secret_and_answers(site: Site, telegram: FakeTelegram) -> None:
    assert telegram.webhook["secret_token"] == SECRET
    assert telegram.webhook["allowed_updates"] == ["message", "edited_message", "callback_query"]
    telegram.say("Hello")
    assert "B12" in telegram.wait(1)[0]["text"]


@pytest.mark.parametrize("headers", [{}, {SECRET_HEADER: "wrong"}, {SECRET_HEADER: ""}, {SECRET_HEADER: "é".encode()}])
def test_a_caller_without_the_secret_is_refused(site: Site, telegram: FakeTelegram, handler: Handler, headers) -> None:
    answer = httpx.post(site.address + "/webhook", json={"update_id": 1}, headers=headers)
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "secret_wrong"
    assert not handler.asked and not telegram.sent


@pytest.mark.parametrize(
    "body", ["", "{", "[]", "null", "{}", '{"update_id": "1"}', '{"update_id": true}', "[" * 99999]
)
def test_what_is_no_update_gets_a_clear_error(site: Site, body: str) -> None:
    answer = httpx.post(site.address + "/webhook", content=body, headers={SECRET_HEADER: SECRET})
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "not_an_update"


def test_an_update_that_comes_again_is_answered_once(site: Site, telegram: FakeTelegram, handler: Handler) -> None:
    number = telegram.say("Hello")
    telegram.wait(1)
    chat = {"id": 7, "type": "private"}
    message = {
        "message_id": 1,
        "date": 1,
        "chat": chat,
        "from": {"id": 7, "is_bot": False, "first_name": "A"},
        "text": "Hi",
    }
    for _ in range(3):
        assert telegram.post({"update_id": number, "message": message}).status_code == 200
    telegram.say("What can you do?")
    telegram.wait(2)
    assert [text for _, text in handler.asked] == ["Hello", "What can you do?"]


def test_the_call_is_answered_before_the_turn_is_over(
    site: Site, telegram: FakeTelegram, handler: Handler, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = Handler.__call__

    async def slow(self: Handler, message: UserMessage) -> None:
        await asyncio.sleep(3)
        await usual(self, message)

    monkeypatch.setattr(Handler, "__call__", slow)
    began = time.monotonic()
    telegram.say("Hello")
    assert time.monotonic() - began < 2
    assert telegram.wait(1)


def test_a_restart_answers_what_the_former_process_had_only_recorded(
    hooked: Settings, handler: Handler, telegram: FakeTelegram, port: int, tmp_path: Path
) -> None:
    async def record() -> None:
        from assistant.channels.telegram import bot
        from assistant.channels.telegram.worker import Worker

        queue = open_queue(hooked, tmp_path)
        worker = Worker(hooked, queue, bot.connect(hooked), handler, handler.forgotten.append)
        person = {"id": 7, "is_bot": False, "first_name": "A"}
        message = {"message_id": 1, "date": 1, "chat": {"id": 7, "type": "private"}, "from": person, "text": "Hello"}
        worker.accept([{"update_id": 5, "message": message}])
        for task in worker._running:
            task.cancel()
        queue.close()

    asyncio.run(record())
    assert not handler.asked
    site = Site(TelegramChannel(hooked, tmp_path), handler, port)
    telegram.wait(1)
    site.stop()
    assert [text for _, text in handler.asked] == ["Hello"]


def test_the_server_comes_up_without_telegram_says_so_and_tries_again(
    hooked: Settings, handler: Handler, telegram: FakeTelegram, port: int, tmp_path: Path
) -> None:
    telegram.plan["getMe"] = ["dropped"]
    telegram.plan["setWebhook"] = [Refused(502, "Bad Gateway")]
    site = Site(TelegramChannel(hooked, tmp_path), handler, port)
    site.wait_for("unreachable")
    site.wait_for("ok")
    site.stop()


def test_a_full_disk_shows_and_the_bot_goes_on_by_itself(
    site: Site, telegram: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = FullDisk(monkeypatch)
    telegram.say("Hello")
    site.wait_for("stopped")
    disk.full = False
    assert telegram.wait(1)
    site.wait_for("ok")


def test_a_wrong_token_is_told_apart(hooked: Settings, handler: Handler, telegram, port: int, tmp_path: Path) -> None:
    wrong = Settings("424242:wrong", hooked.api_base, hooked.webhook_url)
    site = Site(TelegramChannel(wrong, tmp_path), handler, port)
    site.wait_for("refused")
    site.stop()


def test_while_another_process_answers_the_server_waits_for_it(
    hooked: Settings, handler: Handler, telegram, port: int, tmp_path: Path
) -> None:
    queue = open_queue(hooked, tmp_path)
    site = Site(TelegramChannel(hooked, tmp_path), handler, port)
    site.wait_for("waiting")
    answer = httpx.post(site.address + "/webhook", json={"update_id": 1}, headers={SECRET_HEADER: SECRET})
    assert answer.status_code == 503
    site.stop()
    queue.close()


@pytest.mark.parametrize("given", [None, Settings(TOKEN)])
def test_without_its_settings_the_channel_is_off(given, handler: Handler, port: int, tmp_path: Path) -> None:
    site = Site(TelegramChannel(given, tmp_path), handler, port)
    assert site.status() == "off"
    assert httpx.post(site.address + "/webhook", json={"update_id": 1}).status_code == 404
    site.stop()
