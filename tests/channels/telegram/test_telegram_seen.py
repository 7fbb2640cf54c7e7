"""The file of updates and answers: nothing is lost, nothing comes twice, nothing can be read by others."""

import sqlite3
import stat
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from assistant.channels.telegram import seen
from assistant.channels.telegram.seen import Queue
from assistant.errors import AssistantError

KEY = Fernet.generate_key()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "var" / "telegram.sqlite"


def opened_again(queue: Queue, path: Path, key: bytes = KEY) -> Queue:
    queue.close()
    return Queue(path, key)


def test_an_update_is_new_once_also_after_a_restart(path: Path) -> None:
    queue = Queue(path, KEY)
    assert queue.receive([(5, {"do": "ask"}), (6, None)], offset=7) == [5]
    queue = opened_again(queue, path)
    assert queue.receive([(5, {"do": "ask"}), (7, {"do": "ask"})]) == [7]
    assert queue.offset() == 7


def test_what_was_not_answered_is_found_after_a_restart_and_what_was_is_not(path: Path) -> None:
    queue = Queue(path, KEY)
    queue.receive([(1, {"text": "one"}), (2, {"text": "two"})])
    queue.answered(1, "a", [{"html": "x"}])
    queue = opened_again(queue, path)
    assert queue.unanswered() == [(2, {"text": "two"})]
    waiting = queue.next_message()
    assert waiting and waiting.message == {"html": "x"}
    queue.sent(waiting.id)
    assert opened_again(queue, path).next_message() is None


def test_after_a_full_disk_the_file_can_be_used_as_before(path: Path) -> None:
    queue = Queue(path, KEY)
    queue.receive([(1, {"text": "one"})])
    pages = queue._database.execute("PRAGMA page_count").fetchone()[0]
    queue._database.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(sqlite3.OperationalError, match="full"):
        queue.answered(1, "a", [{"html": "x" * 100_000}])
    queue._database.execute("PRAGMA max_page_count = 100000")
    assert queue.unanswered() == [(1, {"text": "one"})]
    queue.answered(1, "a", [{"html": "x" * 100_000}])
    assert queue.unanswered() == [] and queue.next_message()


def test_a_chats_messages_keep_their_order_and_a_waiting_chat_holds_up_nobody(path: Path) -> None:
    queue = Queue(path, KEY)
    queue.receive([(1, {}), (2, {}), (3, {})])
    queue.answered(1, "a", [{"n": 1}, {"n": 2}])
    queue.answered(2, "b", [{"n": 3}])
    queue.postpone("a", 60)
    queue.answered(3, "a", [{"n": 4}])
    waiting = queue.next_message()
    assert waiting and waiting.message == {"n": 3}
    queue.sent(waiting.id)
    assert queue.next_message() is None
    assert 50 < (queue.seconds_to_next() or 0) <= 60
    queue.drop("a")
    assert queue.seconds_to_next() is None


def test_only_one_process_may_answer_for_a_bot(path: Path) -> None:
    queue = Queue(path, KEY)
    with pytest.raises(AssistantError, match="Another process"):
        Queue(path, KEY)
    queue.close()
    Queue(path, KEY).close()


def test_the_file_is_for_its_owner_only_and_unreadable_without_the_key(path: Path) -> None:
    queue = Queue(path, KEY)
    queue.receive([(1, {"text": "xylophone"})])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert b"xylophone" not in path.read_bytes() + path.with_name(path.name + "-wal").read_bytes()
    assert opened_again(queue, path, Fernet.generate_key()).unanswered() == []


def test_an_offset_of_long_ago_is_not_used(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    queue = Queue(path, KEY)
    queue.receive([], offset=9)
    later = seen.time.time() + 8 * 24 * 3600
    monkeypatch.setattr(seen.time, "time", lambda: later)
    assert queue.offset() is None


def test_old_updates_are_forgotten_but_not_unanswered_ones(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    queue = Queue(path, KEY)
    queue.receive([(1, None), (2, {"text": "two"})])
    later = seen.time.time() + 3 * 24 * 3600
    monkeypatch.setattr(seen.time, "time", lambda: later)
    assert queue.receive([(1, {}), (2, {})]) == [1]


def test_a_folder_that_cannot_be_written_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file")
    with pytest.raises(AssistantError, match="Cannot write"):
        Queue(tmp_path / "var" / "telegram.sqlite", KEY)
