import multiprocessing
import stat
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from assistant import paths
from assistant.errors import AssistantError
from assistant.storage import database, tables


def test_the_default_is_a_file_of_the_project() -> None:
    assert database.database_url({}).database == str(paths.ROOT / "var" / "b12.sqlite")


def test_a_postgres_address_gets_the_driver_that_is_installed() -> None:
    url = database.database_url({"DATABASE_URL": "postgres://b12:secret@db.example/b12"})
    assert url.drivername == "postgresql+psycopg2"
    assert "secret" not in database.shown(url)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("nonsense", "not an address"),
        ("postgresql://host:port/db", "not an address"),
        ("mysql://host/db", "a 'mysql' database"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
    ],
)
def test_an_address_that_cannot_be_right_is_refused_with_a_hint(given: str, said: str) -> None:
    with pytest.raises(AssistantError, match=said) as refused:
        database.database_url({"DATABASE_URL": given})
    assert "sqlite:///path" in str(refused.value)


def test_the_migrations_make_the_tables_that_the_code_uses(engine: sa.engine.Engine) -> None:
    database.migrate(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, tables.metadata) == []


def test_migrating_twice_changes_nothing(engine: sa.engine.Engine) -> None:
    database.migrate(engine)
    database.migrate(engine)


def _migrate(url: str) -> None:
    database.migrate(database.create_engine(sa.engine.make_url(url)))


def test_replicas_that_start_together_do_not_race(database_address: str) -> None:
    spawn = multiprocessing.get_context("spawn")
    replicas = [spawn.Process(target=_migrate, args=(database_address,)) for _ in range(4)]
    for replica in replicas:
        replica.start()
    for replica in replicas:
        replica.join(60)
    assert [replica.exitcode for replica in replicas] == [0] * 4


def test_nobody_else_on_the_machine_can_read_the_file(tmp_path: Path) -> None:
    path = tmp_path / "new" / "b12.sqlite"
    database.migrate(database.create_engine(sa.engine.make_url(f"sqlite:///{path}")))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_tables_of_a_newer_release_are_left_as_they_are(
    engine: sa.engine.Engine, caplog: pytest.LogCaptureFixture
) -> None:
    database.migrate(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    database.migrate(engine)
    assert "newer release (9999)" in caplog.text
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == "9999"
