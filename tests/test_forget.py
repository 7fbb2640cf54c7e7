"""A deleted conversation is gone from the store; others stay."""

import pytest
from rasa.core.tracker_store import (
    FailSafeTrackerStore,
    InMemoryTrackerStore,
    RedisTrackerStore,
    SQLTrackerStore,
    TrackerStore,
)
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from assistant.errors import AssistantError
from assistant.forget import forget

DOMAIN = Domain.from_dict({"intents": ["greet"]})


@pytest.mark.parametrize("make", [InMemoryTrackerStore, SQLTrackerStore])
@pytest.mark.parametrize("wrap", [FailSafeTrackerStore, lambda store: store])
async def test_a_deleted_conversation_is_gone_and_others_stay(make, wrap) -> None:
    store: TrackerStore = wrap(make(DOMAIN))
    for who in ("tg:a", "tg:b"):
        tracker = DialogueStateTracker.from_events(who, [UserUttered("hello")], domain=DOMAIN)
        await store.save(tracker)
    await forget(store, "tg:a")
    await forget(store, "tg:never")
    assert await store.retrieve("tg:a") is None
    kept = await store.retrieve("tg:b")
    assert kept and len(kept.events) == 1


async def test_a_store_that_cannot_delete_says_so() -> None:
    store = RedisTrackerStore.__new__(RedisTrackerStore)
    with pytest.raises(AssistantError, match="RedisTrackerStore"):
        await forget(store, "tg:a")
