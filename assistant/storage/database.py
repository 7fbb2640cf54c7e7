"""The database: SQLite in a file of the project, or PostgreSQL, by ``DATABASE_URL``."""

import contextlib
import fcntl
import logging
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import QueuePool

from assistant import paths
from assistant.errors import AssistantError

logger = logging.getLogger(__name__)

DEFAULT_URL = "sqlite:///var/b12.sqlite"
# What a connection, a statement and a lock may take before they count as failed, in seconds.
CONNECT_SECONDS, STATEMENT_SECONDS, LOCK_SECONDS = 3, 5, 3
# Any number, as long as all replicas have the same: who holds it may migrate.
_MIGRATION_LOCK = 1_202_012
_MIGRATION_SECONDS = 60


def database_url(environment: Mapping[str, str] = os.environ) -> URL:
    """Return where the database is.

    Raises:
        AssistantError: ``DATABASE_URL`` isn't the address of a SQLite file or of a PostgreSQL database.
    """
    given = environment.get("DATABASE_URL", "").strip() or DEFAULT_URL
    hint = "Write sqlite:///path/to/file.sqlite or postgresql://user:password@host:5432/database."
    try:
        url = make_url(given)
    except (ArgumentError, ValueError):
        raise AssistantError(f"DATABASE_URL is not an address. {hint}") from None
    kind = url.drivername.split("+")[0]
    if kind in ("postgres", "postgresql"):
        return url.set(drivername="postgresql+psycopg2")
    if kind != "sqlite":
        raise AssistantError(f"DATABASE_URL names a '{kind}' database, which is not supported. {hint}")
    if not url.database or url.database == ":memory:":
        raise AssistantError(f"DATABASE_URL names no file: several connections share the database. {hint}")
    return url.set(database=str(paths.ROOT / url.database))


def shown(url: URL) -> str:
    """Return an address without its password, for people to read."""
    if url.get_backend_name() == "sqlite":
        return paths.shown(Path(str(url.database)))
    return f"{url.host or 'local socket'}:{url.port or 5432}/{url.database}"


def create_engine(url: URL | None = None) -> Engine:
    """Return an engine; nothing is connected yet.

    Args:
        url: the database, by default the one that ``DATABASE_URL`` names.
    """
    url = url or database_url()
    if url.get_backend_name() == "sqlite":
        return _sqlite_engine(url)
    return sa.create_engine(
        url,
        pool_size=5,
        max_overflow=5,
        pool_timeout=CONNECT_SECONDS,
        pool_pre_ping=True,  # a connection that died with the server's restart is replaced, not used
        connect_args={
            "connect_timeout": CONNECT_SECONDS,
            "application_name": "b12",
            "options": f"-c statement_timeout={STATEMENT_SECONDS * 1000} -c lock_timeout={LOCK_SECONDS * 1000}",
            # Notices within seconds that the other side has gone.
            "keepalives_idle": 5,
            "keepalives_interval": 2,
            "keepalives_count": 2,
            "tcp_user_timeout": STATEMENT_SECONDS * 1000,
        },
    )


def _sqlite_engine(url: URL) -> Engine:
    engine = sa.create_engine(
        url, poolclass=QueuePool, connect_args={"check_same_thread": False, "timeout": LOCK_SECONDS}
    )
    path = Path(str(url.database))

    @sa.event.listens_for(engine, "do_connect")
    def make_file(*_: Any) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))  # other users of the machine can't read it

    @sa.event.listens_for(engine, "connect")
    def settle(connection: Any, _: Any) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")

    return engine


def composed(statement: Any, dialect: Any) -> sa.sql.expression.TextClause:
    """Return a statement as SQL that is composed once, with its parameters by their names.

    SQLAlchemy composes one with ON CONFLICT anew at each execution, which takes longer than the database does.

    Args:
        statement: the statement.
        dialect: the module of its dialect.
    """
    made = statement.compile(dialect=dialect.dialect(paramstyle="named"))
    return sa.text(made.string).bindparams(*(sa.bindparam(name, type_=one.type) for name, one in made.binds.items()))


def migrate(engine: Engine) -> None:
    """Bring the tables up to date. One process does it at a time, so replicas may start together."""
    with _only_one(engine) as connection:
        _upgrade(connection)


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    current = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if current is not None and current not in known:
        # A newer release has migrated already, as in a rolling update. Migrations leave what the release before them needs.
        logger.warning("the database's tables are those of a newer release (%s)", current)
        return
    command.upgrade(config, "head")


@contextlib.contextmanager
def _only_one(engine: Engine) -> Iterator[Connection]:
    """Give a connection in a transaction that no other process has at the same time."""
    with contextlib.ExitStack() as held:
        if engine.dialect.name == "sqlite":
            path = Path(str(engine.url.database))
            path.parent.mkdir(parents=True, exist_ok=True)
            lock = held.enter_context(path.with_suffix(".lock").open("w"))
            fcntl.flock(lock, fcntl.LOCK_EX)
        connection = held.enter_context(engine.begin())
        if engine.dialect.name == "postgresql":
            connection.execute(sa.text(f"SET LOCAL statement_timeout = '{_MIGRATION_SECONDS}s'"))
            connection.execute(sa.text(f"SET LOCAL lock_timeout = '{_MIGRATION_SECONDS}s'"))
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
        yield connection
