"""A poller is killed in the middle of a burst and started again: nothing is lost, and next to nothing comes twice."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fake_telegram import FakeTelegram

from assistant import paths
from assistant.guidance import library

TITLES = [card.title for card in library.load().cards.values()][:5]
CHATS = range(1, 41)
BURST = Counter((chat, title) for chat in CHATS for title in TITLES)


@pytest.fixture
def start(telegram: FakeTelegram, tmp_path: Path) -> Iterator[Callable[[], subprocess.Popen]]:
    started: list[subprocess.Popen] = []

    def run() -> subprocess.Popen:
        started.append(
            subprocess.Popen(
                [sys.executable, str(Path(__file__).with_name("poller.py")), telegram.address, str(tmp_path / "var")],
                cwd=paths.ROOT,
                env={**os.environ, "PYTHONPATH": str(paths.ROOT)},
            )
        )
        return started[-1]

    yield run
    for process in started:
        process.kill()
        process.wait(10)


def ask_everything(telegram: FakeTelegram) -> None:
    for title in TITLES:
        for chat in CHATS:
            telegram.say(title, chat=chat)


def answered(telegram: FakeTelegram) -> Counter:
    return Counter((message["chat_id"], message["text"].split("\n")[0]) for message in telegram.sent)


def everything_is_answered(telegram: FakeTelegram) -> None:
    telegram.wait_for(lambda: not BURST - answered(telegram), 60, "an answer to each of 200 questions")
    time.sleep(1.5)


def test_killed_between_two_messages_each_of_200_updates_is_answered_exactly_once(telegram, start) -> None:
    ask_everything(telegram)
    process = start()

    def kill() -> str:
        os.kill(process.pid, signal.SIGKILL)
        process.wait(10)
        return "dropped"

    telegram.plan["sendMessage"] = [*[None] * 79, kill]
    telegram.wait(79, 60)
    process.wait(10)
    assert len(telegram.sent) == 79
    start()
    everything_is_answered(telegram)
    assert answered(telegram) == BURST
    for chat in CHATS:
        texts = [message["text"].split("\n")[0] for message in telegram.sent if message["chat_id"] == chat]
        assert texts == TITLES, "a chat's answers changed their order"


def test_killed_before_the_confirmation_is_read_that_one_message_comes_twice_and_no_other(telegram, start) -> None:
    ask_everything(telegram)
    process = start()

    def kill() -> str:
        os.kill(process.pid, signal.SIGKILL)
        process.wait(10)
        return "lost"

    telegram.plan["sendMessage"] = [*[None] * 79, kill]
    telegram.wait(80, 60)
    process.wait(10)
    last = telegram.sent[-1]
    start()
    everything_is_answered(telegram)
    assert answered(telegram) - BURST == Counter([(last["chat_id"], last["text"].split("\n")[0])])


def test_killed_at_any_moment_nothing_is_lost_and_one_message_a_kill_may_repeat(telegram, start) -> None:
    ask_everything(telegram)
    kills = 3
    for number in range(1, kills + 1):
        process = start()
        telegram.wait(number * 40, 240)
        time.sleep(random.random() * 0.1)
        process.kill()
        process.wait(10)
    start()
    everything_is_answered(telegram)
    repeated = answered(telegram) - BURST
    assert repeated.total() <= kills
