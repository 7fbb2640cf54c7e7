"""PostgreSQL and Redis for real: stopped, started, hung, shared by several processes' worth of stores."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from rasa.shared.core.domain import Domain

from assistant.errors import AssistantError
from assistant.storage import database, redis, tables
from assistant.storage.access import Access, UnavailableError
from assistant.storage.conversations import ConversationStore
from assistant.storage.keys import Keys
from assistant.storage.locks import ConversationLocks
from assistant.storage.redis import Shared
from tests.services import Postgres, RedisServer, until
from tests.storage.test_conversations import KEY
from tests.storage.turns import take


@pytest.fixture
def engine(postgres: Postgres) -> Iterator[sa.engine.Engine]:
    engine = database.create_engine(database.database_url({"DATABASE_URL": postgres.url}))
    yield engine
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    engine.dispose()


@pytest.fixture
def store(domain: Domain, access: Access) -> ConversationStore:
    return ConversationStore(domain, access=access, keys=Keys({"B12_STORAGE_KEY": KEY}))


@pytest.fixture
async def shared(redis_server: RedisServer) -> AsyncIterator[Shared]:
    shared = Shared(redis_server.url)
    yield shared
    await shared.close()


def rows(engine: sa.engine.Engine) -> int:
    with engine.connect() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(tables.history)).scalar_one()


def test_the_migrations_make_the_same_tables_on_postgres(engine: sa.engine.Engine) -> None:
    database.migrate(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, tables.metadata) == []


async def test_migrations_of_replicas_wait_for_each_other(postgres: Postgres, engine: sa.engine.Engine) -> None:
    engines = [database.create_engine(engine.url) for _ in range(4)]
    await asyncio.gather(*(asyncio.to_thread(database.migrate, one) for one in engines))
    for one in engines:
        one.dispose()


@pytest.mark.parametrize("sender", ["a\0b", "x" * 10_000, "\ud800"])
async def test_an_id_that_postgres_cannot_hold_is_safe(store: ConversationStore, sender: str) -> None:
    await take(store, sender, "a\0b \ud800")
    tracker = await store.retrieve(sender)
    assert tracker is not None and tracker.get_slot("topics") == ["frequency"]
    assert store.access.status == "ok"


async def test_words_are_stored_on_postgres_only_encrypted(domain: Domain, access: Access) -> None:
    await take(ConversationStore(domain, access=access, keys=Keys({})), "me", "a secret question")
    await take(
        ConversationStore(domain, access=access, keys=Keys({"B12_STORAGE_KEY": KEY})), "you", "a secret question"
    )
    with access.engine.connect() as connection:
        bodies = list(connection.execute(sa.select(tables.history.c.body)).scalars())
    assert len(bodies) == 2 and not any(b"secret" in bytes(body) for body in bodies)


async def test_no_file_of_postgres_holds_the_words(store: ConversationStore, postgres: Postgres) -> None:
    for _ in range(20):
        await take(store, "me", "xylophonecanary")
    with store.access.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("CHECKPOINT")
    files = [path for path in (postgres.folder / "data").rglob("*") if path.is_file()]
    assert len(files) > 100
    assert not [path for path in files if b"xylophonecanary" in path.read_bytes()]


async def test_any_replica_goes_on_with_any_conversation(domain: Domain, engine: sa.engine.Engine) -> None:
    replicas = [Access(database.create_engine(engine.url)) for _ in range(3)]
    keys = Keys({"B12_STORAGE_KEY": KEY})
    for replica in replicas:
        replica.start()
    stores = [ConversationStore(domain, access=replica, keys=keys) for replica in replicas]
    for number in range(9):
        tracker = await take(stores[number % 3], "me", f"question {number}", topic=f"topic_{number}")
        assert tracker.get_slot("topics") == [f"topic_{number}"]
    whole = await stores[0].retrieve_full_tracker("me")
    assert whole is not None
    texts = [event.text for event in whole.events if event.type_name == "user"]
    assert texts == [f"question {number}" for number in range(9)]
    await stores[1].forget("me")
    assert [await store.retrieve("me") for store in stores] == [None, None, None]
    for replica in replicas:
        replica.close()


async def test_answers_go_on_while_postgres_is_stopped_and_nothing_is_lost(
    store: ConversationStore, postgres: Postgres
) -> None:
    await take(store, "me", "one", topic="frequency")
    postgres.stop()
    try:
        async with asyncio.timeout(60):  # it would wait for ever
            for text in ("two", "three"):
                tracker = await take(store, "me", text, topic="dosage")
                assert tracker.get_slot("topics") == ["dosage"]
        assert store.access.status == "degraded"
        with pytest.raises(UnavailableError):
            await store.access.delete(lambda connection: None, lambda engine: None, longest=0.1)
    finally:
        postgres.start()
    await asyncio.to_thread(until, lambda: store.access.status == "ok" and store.access.waiting == 0)
    assert rows(store.access.engine) == 3
    tracker = await take(store, "me", "four", topic="storage")
    assert rows(store.access.engine) == 4


async def test_answers_go_on_while_postgres_hangs(store: ConversationStore, postgres: Postgres) -> None:
    await take(store, "me", "one")
    postgres.freeze()
    try:
        async with asyncio.timeout(60):  # it would wait for ever
            for text in ("two", "three", "four"):
                tracker = await take(store, "me", text, topic="dosage")
                assert tracker.get_slot("topics") == ["dosage"]
        assert store.access.status == "degraded"
    finally:
        postgres.thaw()
    await asyncio.to_thread(until, lambda: store.access.status == "ok" and store.access.waiting == 0)
    assert rows(store.access.engine) == 4


async def test_a_deletion_that_could_not_be_made_is_made_once_the_database_is_back(
    store: ConversationStore, postgres: Postgres
) -> None:
    await take(store, "me", "one")
    postgres.stop()
    try:
        await take(store, "me", "two")
        deletion = asyncio.create_task(store.forget("me"))
        await asyncio.sleep(0.2)
        assert not deletion.done()
    finally:
        postgres.start()
    await deletion
    assert rows(store.access.engine) == 0


def test_it_starts_without_a_database_and_uses_it_later(postgres: Postgres, engine: sa.engine.Engine) -> None:
    postgres.stop()
    access = Access(database.create_engine(engine.url))
    try:
        access.start()  # it returns, where Rasa's own tries for ever
        assert access.status == "degraded"
    finally:
        postgres.start()
    until(lambda: access.status == "ok")
    access.close()


async def _turns(locks: list[ConversationLocks], count: int) -> tuple[list[int], int]:
    order: list[int] = []
    inside = most = 0

    async def turn(number: int) -> None:
        nonlocal inside, most
        async with locks[number % len(locks)].lock("me"):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0.001)
            order.append(number)
            inside -= 1

    await asyncio.gather(*(turn(number) for number in range(count)))
    return order, most


async def test_200_messages_at_once_into_one_conversation_are_let_in_in_order(shared: Shared) -> None:
    order, most = await _turns([ConversationLocks(shared=shared)], 200)
    assert order == list(range(200)) and most == 1


async def test_two_processes_share_the_turns_of_a_conversation(shared: Shared, redis_server: RedisServer) -> None:
    other = Shared(redis_server.url)
    order, most = await _turns([ConversationLocks(shared=shared), ConversationLocks(shared=other)], 100)
    assert sorted(order) == list(range(100)) and most == 1
    for own in (0, 1):  # each process's messages keep their order
        assert [number for number in order if number % 2 == own] == list(range(own, 100, 2))
    await other.close()


async def test_a_process_that_died_in_its_turn_is_passed_over(
    shared: Shared, redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.storage.locks.LEASE_SECONDS", 0.5)
    monkeypatch.setattr("assistant.storage.locks._WAKE_SECONDS", 0.3)
    dead = ConversationLocks(shared=Shared(redis_server.url))
    await dead.lock("me").__aenter__()  # and it never leaves
    queued = asyncio.create_task(dead.lock("me").__aenter__())  # nor does the one behind it
    await asyncio.sleep(0.1)
    async with asyncio.timeout(10), ConversationLocks(shared=shared).lock("me"):
        pass
    queued.cancel()
    await asyncio.gather(queued, return_exceptions=True)


async def test_turns_go_on_in_order_while_redis_is_gone(redis_server: RedisServer) -> None:
    shared = Shared(redis_server.url)
    locks = ConversationLocks(shared=shared)
    async with locks.lock("me"):
        redis_server.stop()
    try:
        order, most = await _turns([locks], 50)
        assert order == list(range(50)) and most == 1
        assert shared.status == "degraded"
    finally:
        redis_server.start()
    await asyncio.sleep(1.1)
    order, most = await _turns([locks], 50)
    assert order == list(range(50)) and most == 1
    assert shared.status == "ok"
    await shared.close()


async def test_turns_go_on_while_redis_hangs(redis_server: RedisServer) -> None:
    shared = Shared(redis_server.url)
    locks = ConversationLocks(shared=shared)
    async with locks.lock("me"):
        pass
    redis_server.freeze()
    try:
        async with asyncio.timeout(60):  # it would wait for ever
            order, _ = await _turns([locks], 20)
        assert order == list(range(20))
    finally:
        redis_server.thaw()
    await shared.close()


def test_an_address_that_is_none_of_redis_is_refused_with_a_hint() -> None:
    with pytest.raises(AssistantError, match="REDIS_URL is not the address"):
        Shared("http://example.org")
    assert redis.url({}) is None
