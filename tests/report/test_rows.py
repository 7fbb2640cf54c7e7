import datetime
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from assistant.report import rows
from assistant.report.rows import Latency, Ratings, Turns
from assistant.storage import database, tables
from assistant.storage.access import Access
from assistant.storage.keys import Keys
from assistant.storage.records import Recorder
from tests.services import Postgres

TODAY = datetime.date(2026, 11, 26)


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest, tmp_path) -> Iterator[sa.engine.Engine]:
    if request.param == "postgres":
        service: Postgres = request.getfixturevalue("postgres")
        engine = database.create_engine(database.database_url({"DATABASE_URL": service.url}))
    else:
        engine = database.create_engine(sa.engine.make_url(f"sqlite:///{tmp_path}/b12.sqlite"))
    database.migrate(engine)
    with engine.begin() as connection:
        connection.execute(sa.delete(tables.turns))
        connection.execute(sa.delete(tables.feedback))
    yield engine
    engine.dispose()


def turn(at: str, **changed: object) -> dict[str, object]:
    turn.number = getattr(turn, "number", 0) + 1
    row = {
        "id": str(turn.number),
        "at": datetime.datetime.fromisoformat(at),
        "channel": "web",
        "kind": "answer",
        "topics": ["dosage", "frequency"],
        "urgency": "routine",
        "offered": [],
        "begins": False,
        "cards": {},
        "milliseconds": 20,
        "model": "m",
        "content": "c",
    }
    return {**row, **changed}


def test_turns_are_counted_by_day_within_the_days_asked_for(engine: sa.engine.Engine) -> None:
    with engine.begin() as connection:
        for row in (
            turn("2026-11-24T23:59:59"),
            turn("2026-11-25T00:00:00", begins=True),
            turn("2026-11-25T23:59:59.999999", milliseconds=30),
            turn("2026-11-26T12:00:00", kind="clarify", topics=[], offered=["dosage", "energy"]),
            turn("2026-11-27T00:00:00"),
        ):
            connection.execute(sa.insert(tables.turns).values(row))
        found = rows.read(connection, 2, TODAY)
    yesterday = datetime.date(2026, 11, 25)
    assert sorted(found.turns, key=lambda one: one.day) == [
        Turns(yesterday, "web", "answer", ("dosage", "frequency"), times=2, begun=1),
        Turns(TODAY, "web", "clarify", offered=("dosage", "energy")),
    ]
    assert sorted(found.latencies, key=lambda one: one.milliseconds) == [Latency("web", 20, 2), Latency("web", 30)]


def test_what_an_older_release_wrote_is_read(engine: sa.engine.Engine) -> None:
    with engine.begin() as connection:
        old = {name: value for name, value in turn("2026-11-26T12:00:00").items() if name not in ("offered", "begins")}
        connection.execute(sa.insert(tables.turns).values(old))
        (found,) = rows.read(connection, 1, TODAY).turns
    assert (found.offered, found.begun, found.times) == ((), 0, 1)


def test_ratings_are_counted_by_card(engine: sa.engine.Engine) -> None:
    with engine.begin() as connection:
        for number, (useful, reason) in enumerate([(True, None), (True, None), (False, "unclear")]):
            row = {"id": str(number), "token": str(number), "at": datetime.datetime(2026, 11, 26), "channel": "web"}
            values = {**row, "cards": {"dosage": "v1"}, "useful": useful, "reason": reason}
            connection.execute(sa.insert(tables.feedback).values(values))
        found = rows.read(connection, 1, TODAY).ratings
    assert sorted(found, key=lambda one: one.times) == [
        Ratings({"dosage": "v1"}, False, "unclear"),
        Ratings({"dosage": "v1"}, True, None, 2),
    ]


def test_a_conversation_begins_once_and_is_counted_after_its_link_has_gone(engine: sa.engine.Engine) -> None:
    access = Access(engine)
    access.start()
    recorder = Recorder(access, Keys(), "m", "c")
    envelope = {"kind": "answer", "topics": ["dosage"], "urgency": "routine", "answers": [], "options": []}
    for sender in ("anna", "bert", "anna"):
        recorder.record(sender, "web", envelope, {"failure": "x" * 99} if sender == "bert" else {}, 0.01)
    access.close()
    with engine.begin() as connection:
        connection.execute(sa.update(tables.turns).values(conversation=None))
        found = rows.read(connection, 1, datetime.datetime.now(datetime.UTC).date())
    assert sum(one.begun for one in found.turns) == 2
    assert sum(one.times for one in found.turns) == 3
    assert {one.failure for one in found.turns} == {None, "x" * 64}


def test_the_migration_finds_the_turns_that_began_a_conversation(tmp_path) -> None:
    from alembic import command
    from alembic.config import Config

    engine = sa.create_engine(f"sqlite:///{tmp_path}/old.sqlite")
    config = Config()
    config.set_main_option("script_location", "assistant/storage/migrations")
    insert = """INSERT INTO turns (id, at, channel, kind, topics, urgency, cards, milliseconds, model, content, conversation)
                VALUES (:id, :at, 'web', 'answer', '[]', 'routine', '{}', 1, 'm', 'c', :conversation)"""
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        for number, conversation in enumerate(["a", "b", "a", None]):
            values = {"id": str(number), "at": f"2026-11-2{number}", "conversation": conversation}
            connection.execute(sa.text(insert), values)
        command.upgrade(config, "0003")
        begun = connection.execute(sa.text("SELECT id FROM turns WHERE begins ORDER BY id")).scalars().all()
        command.downgrade(config, "0002")
        assert "begins" not in {column["name"] for column in sa.inspect(connection).get_columns("turns")}
    assert begun == ["0", "1"]
