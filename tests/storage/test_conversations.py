import json

import pytest
import sqlalchemy as sa
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Restarted, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from assistant.storage.access import Access
from assistant.storage.conversations import ConversationStore
from assistant.storage.keys import Keys
from assistant.storage.settings import Kept
from assistant.storage.tables import history
from tests.storage.turns import take, turn_events, update

KEY = "aGVsbG8gaGVsbG8gaGVsbG8gaGVsbG8gaGVsbG8gMTI="


@pytest.fixture
def store(domain: Domain, access: Access) -> ConversationStore:
    return ConversationStore(domain, access=access, kept=Kept(), keys=Keys({}))


def bodies(access: Access) -> list[dict]:
    with access.engine.connect() as connection:
        rows = connection.execute(sa.select(history.c.body).order_by(history.c.number)).scalars()
        return [json.loads(body) for body in rows]


async def test_a_conversation_that_never_was_is_none(store: ConversationStore) -> None:
    assert await store.retrieve("nobody") is None
    assert await store.retrieve_full_tracker("nobody") is None
    assert not await store.exists("nobody")


async def test_the_next_turn_finds_slots_and_the_last_turn(store: ConversationStore) -> None:
    await take(store, "me", "how often")
    tracker = await store.retrieve("me")
    assert tracker is not None
    assert tracker.get_slot("topics") == ["frequency"]
    assert tracker.latest_message is not None
    assert tracker.latest_message.text == "how often"
    assert tracker.latest_message.intent["name"] == "frequency"
    assert tracker.latest_action_name == "action_listen"
    assert tracker.sender_id == "me"


async def test_slots_outlive_the_turns_that_are_read(store: ConversationStore) -> None:
    tracker = await take(store, "me", "how often")
    update(tracker, [SlotSet("group", "pregnancy"), SlotSet("failures", 1)])
    await store.save(tracker)
    for _ in range(30):
        await take(store, "me", "and then", topic="dosage")
    later = await store.retrieve("me")
    assert later is not None
    assert (later.get_slot("group"), later.get_slot("failures"), later.get_slot("topics")) == (
        "pregnancy",
        1,
        ["dosage"],
    )


async def test_a_slot_that_was_emptied_stays_empty(store: ConversationStore) -> None:
    tracker = await take(store, "me", "how often")
    update(tracker, [SlotSet("topics", None)])
    await store.save(tracker)
    again = await store.retrieve("me")
    assert again is not None and again.get_slot("topics") is None


async def test_only_new_events_are_written(store: ConversationStore, access: Access) -> None:
    for text in ("one", "two", "three"):
        await take(store, "me", text)
    texts = [[event["text"] for event in body["events"] if event["event"] == "user"] for body in bodies(access)]
    assert texts == [["one"], ["two"], ["three"]]


async def test_what_a_turn_reads_does_not_grow(store: ConversationStore) -> None:
    for _ in range(5):
        await take(store, "me", "how often")
    at_five = len((await store.retrieve("me")).events)  # type: ignore[union-attr]
    for _ in range(100):
        await take(store, "me", "how often")
    assert len((await store.retrieve("me")).events) == at_five  # type: ignore[union-attr]


async def test_the_whole_conversation_can_be_read(store: ConversationStore) -> None:
    for text in ("one", "two", "three"):
        await take(store, "me", text)
    whole = await store.retrieve_full_tracker("me")
    assert whole is not None
    assert [event.text for event in whole.events if isinstance(event, UserUttered)] == ["one", "two", "three"]


async def test_a_new_session_forgets_the_slots_of_the_old_one(store: ConversationStore) -> None:
    tracker = await take(store, "me", "how often")
    update(tracker, [ActionExecuted("action_session_start"), SessionStarted(), ActionExecuted("action_listen")])
    update(tracker, turn_events("hello", "greet")[:1])
    await store.save(tracker)
    again = await store.retrieve("me")
    assert again is not None and again.get_slot("topics") is None


async def test_a_restart_is_kept(store: ConversationStore) -> None:
    tracker = await take(store, "me", "how often")
    tracker.update(Restarted())
    await store.save(tracker)
    again = await store.retrieve("me")
    assert again is not None and again.get_slot("topics") is None


async def test_parse_data_and_replies_are_trimmed_to_what_is_used(store: ConversationStore, access: Access) -> None:
    await take(store, "me", "how often")
    (body,) = bodies(access)
    user = next(event for event in body["events"] if event["event"] == "user")
    bot = next(event for event in body["events"] if event["event"] == "bot")
    assert user["parse_data"] == {
        "text": "how often",
        "intent": {"name": "frequency", "confidence": 0.9},
        "entities": [{"entity": "group", "value": "children"}],
    }
    assert bot["text"] is None and bot["data"] == {"custom": {"kind": "answer", "topics": ["frequency"]}}


async def test_personal_data_is_masked_where_it_is_stored_and_not_in_the_turn(
    store: ConversationStore, access: Access
) -> None:
    tracker = await take(store, "me", "my name is Jo Smith, 07700 900123")
    assert tracker.latest_message is not None and tracker.latest_message.text == "my name is Jo Smith, 07700 900123"
    assert "my name is [name], [phone number]" in json.dumps(bodies(access))
    assert "Smith" not in json.dumps(bodies(access)) and "900123" not in json.dumps(bodies(access))


async def test_no_words_of_the_kiosk_are_stored(store: ConversationStore, access: Access) -> None:
    await take(store, "me", "a secret question", channel="kiosk")
    assert "secret" not in json.dumps(bodies(access))
    assert (await store.retrieve("me")).get_slot("topics") == ["frequency"]  # type: ignore[union-attr]


async def test_no_words_are_stored_where_they_are_kept_for_no_time(domain: Domain, access: Access) -> None:
    store = ConversationStore(domain, access=access, kept=Kept(conversation_seconds=0), keys=Keys({}))
    await take(store, "me", "a secret question")
    assert "secret" not in json.dumps(bodies(access))


@pytest.mark.parametrize("sender", ["a\0b", "x" * 10_000, "", "\ud800", "'; DROP TABLE history; --", "jo@example.org"])
async def test_any_id_is_safe_and_none_is_stored(store: ConversationStore, access: Access, sender: str) -> None:
    await take(store, sender, "how often")
    await take(store, "somebody else", "hello", topic="greet")
    tracker = await store.retrieve(sender)
    assert tracker is not None and tracker.sender_id == sender and tracker.get_slot("topics") == ["frequency"]
    kept = list(await store.keys())
    assert len(kept) == 2 and all(len(name) == 32 for name in kept)


async def test_any_text_is_safe(store: ConversationStore) -> None:
    await take(store, "me", "a\0b \ud800 \u202e \U0001f600")
    tracker = await store.retrieve("me")
    assert tracker is not None and tracker.latest_message is not None
    assert tracker.latest_message.text == "a\0b \ud800 \u202e \U0001f600"


async def test_stored_words_are_encrypted_with_a_key(domain: Domain, access: Access) -> None:
    keys = Keys({"B12_STORAGE_KEY": KEY})
    store = ConversationStore(domain, access=access, kept=Kept(), keys=keys)
    await take(store, "me", "how often")
    with access.engine.connect() as connection:
        (body,) = connection.execute(sa.select(history.c.body)).scalars()
    assert b"often" not in body and b"frequency" not in body
    assert (await store.retrieve("me")).latest_message.text == "how often"  # type: ignore[union-attr]


async def test_a_key_can_be_replaced_while_the_old_one_still_reads(domain: Domain, access: Access) -> None:
    await take(ConversationStore(domain, access=access, keys=Keys({"B12_STORAGE_KEY": KEY})), "me", "how often")
    new = KEY.replace("aGVs", "bGVs")
    both = ConversationStore(domain, access=access, keys=Keys({"B12_STORAGE_KEY": f"{new},{KEY}"}))
    assert (await both.retrieve("me")).get_slot("topics") == ["frequency"]  # type: ignore[union-attr]
    await take(both, "me", "again", topic="dosage")
    alone = ConversationStore(domain, access=access, keys=Keys({"B12_STORAGE_KEY": new}))
    assert (await alone.retrieve("me")).get_slot("topics") == ["dosage"]  # type: ignore[union-attr]


async def test_without_the_key_a_conversation_begins_anew(domain: Domain, access: Access) -> None:
    await take(ConversationStore(domain, access=access, keys=Keys({"B12_STORAGE_KEY": KEY})), "me", "how often")
    assert await ConversationStore(domain, access=access, keys=Keys({})).retrieve("me") is None


async def test_a_clock_that_goes_back_does_not_change_the_order(
    store: ConversationStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await take(store, "me", "first")
    monkeypatch.setattr("assistant.storage.conversations.time.time", lambda: 1000.0)
    await take(store, "me", "second", topic="dosage")
    assert (await store.retrieve("me")).get_slot("topics") == ["dosage"]  # type: ignore[union-attr]


async def test_a_conversation_of_another_store_is_stored_whole(store: ConversationStore, domain: Domain) -> None:
    tracker = DialogueStateTracker("me", domain.slots)
    update(tracker, turn_events("how often"))
    await store.save(tracker)
    assert (await store.retrieve("me")).get_slot("topics") == ["frequency"]  # type: ignore[union-attr]


async def test_a_slot_that_the_domain_no_longer_has_is_left_out(
    access: Access, domain: Domain, caplog: pytest.LogCaptureFixture
) -> None:
    await take(ConversationStore(domain, access=access, keys=Keys({})), "me", "how often")
    await take(ConversationStore(domain, access=access, keys=Keys({})), "me", "how often")
    smaller = ConversationStore(Domain.empty(), access=access, keys=Keys({}))
    assert await smaller.retrieve("me") is not None


def test_rasa_takes_it_for_an_asynchronous_store(store: ConversationStore) -> None:
    from rasa.core.tracker_store import check_if_tracker_store_async

    assert isinstance(store, TrackerStore) and check_if_tracker_store_async(store)
