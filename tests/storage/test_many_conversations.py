"""20,000 conversations beside each other: a turn costs what it costs alone, and memory keeps the newest only."""

import time
from unittest.mock import patch

import sqlalchemy as sa
from rasa.shared.core.domain import Domain

from assistant.storage import conversations, deletion
from assistant.storage.access import Access
from assistant.storage.conversations import MOST_RECENT, ConversationStore
from assistant.storage.keys import Keys
from assistant.storage.settings import Kept
from assistant.storage.tables import history
from tests.storage.turns import take

MANY = 20_000


async def filled(domain: Domain, access: Access) -> ConversationStore:
    """A store in which so many people have asked something; all but one by copies of that one's row."""
    store = ConversationStore(domain, access=access, kept=Kept(), keys=Keys({}))
    await take(store, "somebody", "what somebody else asked")
    with access.engine.begin() as connection:
        row = dict(connection.execute(sa.select(history)).mappings().one())
        copies = [row | {"conversation": store._conversation(f"person {number}")} for number in range(MANY - 1)]
        connection.execute(sa.insert(history), copies)
    return store


async def test_one_of_20000_conversations_is_found_by_an_index_and_goes_on(domain: Domain, access: Access) -> None:
    store = await filled(domain, access)
    with access.engine.connect() as connection:
        query = conversations._NEWEST.params(wanted="x")
        compiled = query.compile(connection, compile_kwargs={"literal_binds": True})
        plan = " ".join(row.detail for row in connection.exec_driver_sql(f"explain query plan {compiled}"))
    assert "SCAN" not in plan and "INDEX" in plan and "conversation=?" in plan
    await take(store, "person 12345", "my own words", topic="dosage")
    mine, other = await store.retrieve_full_tracker("person 12345"), await store.retrieve("person 12346")
    assert mine is not None and mine.get_slot("topics") == ["dosage"] and mine.latest_message.text == "my own words"
    assert other is not None and other.latest_message.text == "what somebody else asked"


async def test_memory_keeps_the_newest_conversations_only(domain: Domain, access: Access) -> None:
    store = ConversationStore(domain, access=access, kept=Kept(), keys=Keys({}))
    with patch.object(conversations, "MOST_RECENT", 50):
        for number in range(60):
            await take(store, f"person {number}", "hello")
    assert MOST_RECENT < MANY and len(store._recent) == 50
    first = await store.retrieve("person 0")
    assert first is not None and first.latest_message.text == "hello", "what left the memory is still in the database"


async def test_20000_conversations_that_are_over_are_deleted_and_new_ones_go_on(domain: Domain, access: Access) -> None:
    store = await filled(domain, access)
    await deletion.delete_old(access, Kept(), now=time.time() + 3 * 86_400)
    with access.engine.connect() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(history)).scalar() == 0
    await take(store, "person 7", "good morning")
    tracker = await store.retrieve("person 7")
    assert tracker is not None and tracker.latest_message.text == "good morning"
