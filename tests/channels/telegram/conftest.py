"""The fake Telegram, and what a bot needs to talk to it."""

from collections.abc import Iterator

import pytest
from bots import Handler
from fake_telegram import TOKEN, FakeTelegram

from assistant.channels.telegram.settings import Settings


@pytest.fixture
def telegram() -> Iterator[FakeTelegram]:
    fake = FakeTelegram()
    yield fake
    fake.close()


@pytest.fixture
def settings(telegram: FakeTelegram) -> Settings:
    return Settings(TOKEN, telegram.address, secret="a secret of the tests")


@pytest.fixture
def handler() -> Handler:
    return Handler()
