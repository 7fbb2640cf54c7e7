"""What is deleted is gone, from the raw files too."""

import json
import time
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from rasa.shared.core.domain import Domain

from assistant.storage import deletion
from assistant.storage.access import Access
from assistant.storage.conversations import ConversationStore
from assistant.storage.keys import Keys
from assistant.storage.settings import Kept
from assistant.storage.tables import history, turns
from tests.storage.turns import take

CANARY = "xylophonecanary"
DAY = 86400.0


@pytest.fixture
def store(domain: Domain, access: Access) -> ConversationStore:
    return ConversationStore(domain, access=access, kept=Kept(), keys=Keys({}))


def found_in_files(access: Access, words: str = CANARY) -> list[str]:
    folder = Path(str(access.engine.url.database)).parent
    return [path.name for path in folder.rglob("*") if path.is_file() and words.encode() in path.read_bytes()]


def kept_rows(access: Access) -> int:
    with access.engine.connect() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(history)).scalar_one()


async def at(
    moment: float,
    store: ConversationStore,
    sender: str,
    text: str,
    monkeypatch: pytest.MonkeyPatch,
    channel: str = "rest",
) -> None:
    with monkeypatch.context() as clock:
        clock.setattr("assistant.storage.conversations.time.time", lambda: moment)
        await take(store, sender, text, channel=channel)


async def test_no_byte_of_a_deleted_conversation_is_left_in_the_files(store: ConversationStore, access: Access) -> None:
    for turn in range(60):  # between those of others, so that pages are shared, split and merged
        for sender in ("me", "you", "she"):
            await take(
                store, sender, f"{CANARY} " * (turn % 7 * 15 + 1) if sender == "me" else f"question {turn} " * 20
            )
    assert found_in_files(access)
    await store.forget("me")
    assert found_in_files(access) == []
    assert await store.retrieve("me") is None
    assert (await store.retrieve("you")).get_slot("topics") == ["frequency"]  # type: ignore[union-attr]


async def test_deleting_a_conversation_that_never_was_is_no_error(store: ConversationStore) -> None:
    await store.forget("nobody")


async def test_a_conversation_can_begin_again_after_its_deletion(store: ConversationStore, access: Access) -> None:
    await take(store, "me", CANARY)
    await store.forget("me")
    await take(store, "me", "hello")
    whole = await store.retrieve_full_tracker("me")
    assert whole is not None
    assert [event.text for event in whole.events if event.type_name == "user"] == ["hello"]


async def test_words_are_gone_from_the_files_when_their_time_is_over(
    store: ConversationStore, access: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1_800_000_000.0
    await at(now, store, "me", CANARY, monkeypatch)
    await at(now + 3600, store, "you", "a later question", monkeypatch)
    await deletion.delete_old(access, Kept(), now=now + DAY - 1)
    assert kept_rows(access) == 2 and found_in_files(access)
    await deletion.delete_old(access, Kept(), now=now + DAY + 1)
    assert kept_rows(access) == 1 and found_in_files(access) == []


async def test_the_kiosk_keeps_a_conversation_for_an_hour_only(
    store: ConversationStore, access: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1_800_000_000.0
    await at(now, store, "me", CANARY, monkeypatch, channel="kiosk")
    assert found_in_files(access) == []
    await deletion.delete_old(access, Kept(), now=now + 3599)
    assert kept_rows(access) == 1
    await deletion.delete_old(access, Kept(), now=now + 3601)
    assert kept_rows(access) == 0


async def test_what_was_stored_while_the_clock_was_wrong_is_not_kept_for_ever(
    store: ConversationStore, access: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1_800_000_000.0
    await at(now + 400 * DAY, store, "me", CANARY, monkeypatch)
    await deletion.delete_old(access, Kept(), now=now)
    assert kept_rows(access) == 0


async def test_memory_forgets_conversations_that_rest(
    store: ConversationStore, access: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    await at(1_600_000_000.0, store, "me", CANARY, monkeypatch)
    await take(store, "you", "hello")
    store.forget_before(time.time() - 60)
    assert len(store._recent) == 1 and CANARY not in str(store._recent)


def record(identifier: str, moment: datetime, conversation: str | None) -> dict:
    return {
        "id": identifier, "at": moment, "channel": "rest", "kind": "answer", "topics": ["frequency"], "urgency": "routine",
        "hazard": None, "out_of_scope": None, "cards": {"frequency": "1"}, "milliseconds": 20, "model": "m", "content": "c",
        "conversation": conversation,
    }  # fmt: skip


async def test_the_records_of_a_deleted_conversation_stay_but_no_longer_belong_together(
    store: ConversationStore, access: Access
) -> None:
    own, others = Keys({}).hashed("turns", "me"), Keys({}).hashed("turns", "you")
    moment = datetime(2026, 11, 1)
    with access.engine.begin() as connection:
        connection.execute(
            sa.insert(turns), [record("1", moment, own), record("2", moment, own), record("3", moment, others)]
        )
    await store.forget("me")
    with access.engine.connect() as connection:
        kept = connection.execute(sa.select(turns.c.id, turns.c.conversation).order_by(turns.c.id)).all()
    assert [tuple(row) for row in kept] == [("1", None), ("2", None), ("3", others)]


async def test_records_lose_their_link_after_a_month_and_go_after_their_time(access: Access) -> None:
    with access.engine.begin() as connection:
        connection.execute(
            sa.insert(turns), [record("old", datetime(2025, 1, 1), "a"), record("new", datetime(2026, 11, 1), "b")]
        )
    at_noon = datetime(2026, 12, 15).timestamp()
    await deletion.delete_old(access, Kept(), now=at_noon)
    with access.engine.connect() as connection:
        kept = connection.execute(sa.select(turns.c.id, turns.c.conversation, turns.c.topics)).all()
    assert [tuple(row) for row in kept] == [("new", None, ["frequency"])]


async def test_a_reader_that_holds_the_log_does_not_keep_a_deletion_from_being_made(
    store: ConversationStore, access: Access
) -> None:
    await take(store, "me", CANARY)
    with access.engine.connect() as reader:
        reader.exec_driver_sql("BEGIN")
        reader.execute(sa.select(history.c.body)).all()
        await store.forget("me")
    assert kept_rows(access) == 0
    await deletion.delete_old(access, Kept())
    assert found_in_files(access) == []


async def test_no_words_are_in_the_rows_that_stay_without_them(store: ConversationStore, access: Access) -> None:
    await take(store, "me", CANARY, channel="kiosk")
    with access.engine.connect() as connection:
        (body,) = connection.execute(sa.select(history.c.body)).scalars()
    assert [event["text"] for event in json.loads(body)["events"] if event["event"] == "user"] == [""]
