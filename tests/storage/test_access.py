"""Nobody waits for the database longer than a moment, and nothing that was to be written is lost before its time."""

import asyncio
import sqlite3
import threading
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from rasa.shared.core.domain import Domain
from sqlalchemy.exc import OperationalError

from assistant import metrics
from assistant.storage.access import Access, UnavailableError
from assistant.storage.conversations import ConversationStore
from assistant.storage.keys import Keys
from assistant.storage.tables import history
from tests.services import until
from tests.storage.turns import take


class Fault:
    """Makes every statement of an engine fail, or hang, while it is on; or lets the file grow no more, as a full disk does."""

    def __init__(self, engine: sa.engine.Engine) -> None:
        self.away = self.full = False
        self.go_on = threading.Event()
        self.go_on.set()

        @sa.event.listens_for(engine, "before_cursor_execute")
        def misbehave(*_: object) -> None:
            self.go_on.wait(20)
            if self.away:
                raise OperationalError("statement", {}, sqlite3.OperationalError("disk I/O error"))

        @sa.event.listens_for(engine, "checkout")
        def limit(connection: sqlite3.Connection, *_: object) -> None:
            pages = connection.execute("PRAGMA page_count").fetchone()[0] if self.full else 2**30
            connection.execute(f"PRAGMA max_page_count={pages}")


@pytest.fixture
def fault(engine: sa.engine.Engine) -> Iterator[Fault]:
    fault = Fault(engine)
    yield fault
    fault.away = fault.full = False
    fault.go_on.set()


def insert(number: int, conversation: str = "c"):
    def run(connection: sa.engine.Connection) -> None:
        values = {"conversation": conversation, "number": number, "at": 0.0, "channel": "rest", "body": b"{}"}
        connection.execute(sa.insert(history).values(values))

    return run


def numbers(access: Access) -> list[int]:
    with access.engine.connect() as connection:
        return list(connection.execute(sa.select(history.c.number).order_by(sa.text("rowid"))).scalars())


def back(access: Access) -> None:
    until(lambda: access.status == "ok" and access.waiting == 0)


async def test_writes_are_made_in_the_order_in_which_they_were_asked_for(access: Access) -> None:
    writes = [access.write(insert(number)) for number in (3, 1, 2, 9, 5)]
    await access.made(writes[-1])
    assert numbers(access) == [3, 1, 2, 9, 5]


async def test_a_full_disk_costs_no_answer_and_what_waited_is_written_later(
    access: Access, fault: Fault, domain: Domain
) -> None:
    store = ConversationStore(domain, access=access, keys=Keys({}))
    await take(store, "me", "one")
    fault.full = True
    async with asyncio.timeout(20):
        for turn in range(30):
            tracker = await take(store, "me", "again " * 150, topic=f"topic_{turn}")
            assert tracker.get_slot("topics") == [f"topic_{turn}"]
    await asyncio.to_thread(until, lambda: access.status == "degraded")
    assert metrics.DEGRADED.labels("database")._value.get() == 1
    assert len(numbers(access)) < 31
    fault.full = False
    await asyncio.to_thread(back, access)
    assert len(numbers(access)) == 31
    assert metrics.DEGRADED.labels("database")._value.get() == 0


async def test_a_database_that_hangs_is_waited_for_once_only(engine: sa.engine.Engine, fault: Fault) -> None:
    access = Access(engine, longest=0.1)
    access.start()
    fault.go_on.clear()
    with pytest.raises(UnavailableError):
        await access.read(lambda connection: connection.exec_driver_sql("SELECT 1"))
    assert access.status == "degraded"
    for number in range(100):
        with pytest.raises(UnavailableError):
            await access.read(lambda connection: pytest.fail("a database that hangs is not asked again"))
        write = access.write(insert(number))
        await access.made(write)
        assert not write.done()
    fault.go_on.set()
    access.close()


async def test_only_so_many_writes_wait(engine: sa.engine.Engine, fault: Fault) -> None:
    access = Access(engine, longest=0.1, most_waiting=10)
    access.start()
    fault.away = True
    before = metrics.total(metrics.WRITES_DROPPED)
    writes = [access.write(insert(number)) for number in range(25)]
    assert access.waiting == 10
    assert metrics.total(metrics.WRITES_DROPPED) == before + 15
    fault.away = False
    await access.made(writes[9])
    await asyncio.to_thread(back, access)
    assert numbers(access) == list(range(10))
    access.close()


async def test_a_write_that_can_never_be_made_does_not_hold_up_the_others(access: Access) -> None:
    writes = [access.write(insert(1)), access.write(insert(1)), access.write(insert(2))]
    await access.made(writes[-1])
    assert numbers(access) == [1, 2]
    assert isinstance(writes[1].exception(), sa.exc.IntegrityError)
    assert access.status == "ok"


async def test_a_deletion_comes_after_the_writes_before_it_and_before_those_after(access: Access) -> None:
    access.write(insert(1), "c")
    deletion = asyncio.create_task(
        access.delete(lambda connection: connection.execute(sa.delete(history)), lambda engine: None, "c")
    )
    await asyncio.sleep(0)
    access.write(insert(2), "c")
    await deletion
    await access.made(access.write(insert(3), "c"))
    assert numbers(access) == [2, 3]


async def test_a_deletion_that_takes_too_long_is_reported_and_still_made(access: Access, fault: Fault) -> None:
    await access.made(access.write(insert(1)))
    fault.away = True
    with pytest.raises(UnavailableError):
        await access.delete(
            lambda connection: connection.execute(sa.delete(history)), lambda engine: None, "c", longest=0.2
        )
    fault.away = False
    await asyncio.to_thread(back, access)
    assert numbers(access) == []


async def test_the_end_makes_the_writes_that_wait(engine: sa.engine.Engine) -> None:
    access = Access(engine)
    access.start()
    for number in range(500):
        access.write(insert(number))
    await asyncio.to_thread(access.close)
    assert len(numbers(Access(engine))) == 500


async def test_a_path_that_cannot_be_written_starts_degraded(tmp_path) -> None:
    from assistant.storage import database

    (tmp_path / "file").write_text("no folder")
    access = Access(database.create_engine(sa.engine.make_url(f"sqlite:///{tmp_path}/file/b12.sqlite")))
    access.start()
    assert access.status == "degraded"
    access.close()
