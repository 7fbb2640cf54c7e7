"""Deletion: of a conversation when somebody asks for it, and of everything when its time is over."""

import logging
import time
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from assistant.storage import database
from assistant.storage.access import Access
from assistant.storage.settings import SESSION_SECONDS, WORDLESS_CHANNELS, Kept
from assistant.storage.tables import feedback, history, turns

logger = logging.getLogger(__name__)

# How long to wait for those who read.
_CHECKPOINT_MILLISECONDS = 1000


async def delete_conversation(access: Access, conversation: str, in_records: str) -> None:
    """Delete a conversation, after all its writes that were begun.

    Args:
        access: the database.
        conversation: its hash in the history.
        in_records: its hash in the records of turns, which stay, but nothing tells any more that they belong together.

    Raises:
        UnavailableError: the database is away.
    """

    def delete(connection: Connection) -> None:
        connection.execute(sa.delete(history).where(history.c.conversation == conversation))
        connection.execute(sa.update(turns).where(turns.c.conversation == in_records).values(conversation=None))

    await access.delete(delete, erase, conversation)


async def delete_old(access: Access, kept: Kept, now: float | None = None) -> None:
    """Delete all whose time is over.

    Args:
        access: the database.
        kept: how long things are kept.
        now: seconds since 1970.

    Raises:
        UnavailableError: the database is away.
    """
    await access.delete(lambda connection: old_deleted(connection, kept, time.time() if now is None else now), erase)


def old_deleted(connection: Connection, kept: Kept, now: float) -> int:
    """Delete all whose time is over, and return how many rows of conversations that were."""
    wordless = history.c.channel.in_(sorted(WORDLESS_CHANNELS))
    deleted = 0
    for channels, longest in ((wordless, SESSION_SECONDS), (~wordless, kept.conversation_seconds or SESSION_SECONDS)):
        # What seems to come from the future was stored while the clock was wrong.
        over = sa.or_(history.c.at < now - longest, history.c.at > now + longest)
        deleted += connection.execute(sa.delete(history).where(channels, over)).rowcount
    for records in (turns, feedback):
        connection.execute(sa.delete(records).where(records.c.at < _utc(now - kept.record_seconds)))
    old = turns.c.at < _utc(now - kept.link_seconds)
    connection.execute(sa.update(turns).where(old, turns.c.conversation.is_not(None)).values(conversation=None))
    return deleted


def erase(engine: Engine) -> None:
    """Remove what a deletion left in the database's files.

    SQLite overwrites deleted rows with zeros (``secure_delete``), but its write-ahead log still holds them until it is emptied,
    which has to wait for those who read. PostgreSQL's files hold encrypted words only.
    """
    if engine.dialect.name != "sqlite":
        return
    with engine.connect() as connection:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={_CHECKPOINT_MILLISECONDS}")
        busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar()
        connection.exec_driver_sql(f"PRAGMA busy_timeout={database.LOCK_SECONDS * 1000}")
    if busy:
        logger.warning("the database's log could not be emptied, somebody is reading it; the next deletion tries again")


def _utc(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)
