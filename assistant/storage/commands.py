"""What the command line does with the database."""

import contextlib
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from assistant.errors import AssistantError
from assistant.storage import database, deletion, settings
from assistant.storage.keys import Keys, UnreadableError
from assistant.storage.tables import history


def migrate() -> str:
    """Bring the tables up to date; return what was done. Raises AssistantError."""
    with usable() as engine:
        database.migrate(engine)
        return f"The database {database.shown(engine.url)} is up to date."


def forget_old() -> str:
    """Delete all whose time is over; return what was done. Raises AssistantError."""
    kept = settings.kept()
    with usable() as engine:
        database.migrate(engine)
        with engine.begin() as connection:
            deleted = deletion.old_deleted(connection, kept, time.time())
        deletion.erase(engine)
    return f"Deleted {deleted} turns of conversations whose time was over."


def conversation(sender: str) -> str:
    """Return what is kept of a conversation, one line a message or reply. Raises AssistantError."""
    keys = Keys()
    with usable() as engine:
        database.migrate(engine)
        with engine.connect() as connection:
            found = list(
                connection.execute(
                    sa.select(history.c.body)
                    .where(history.c.conversation == keys.hashed("history", sender))
                    .order_by(history.c.number)
                ).scalars()
            )
    try:
        turns = [json.loads(keys.opened(bytes(body))) for body in found]
    except UnreadableError:
        raise AssistantError("The conversation is encrypted with a key that is not in B12_STORAGE_KEY.") from None
    return "\n".join(filter(None, (_line(event) for turn in turns for event in turn["events"]))) or "Nothing is kept."


def _line(event: dict[str, Any]) -> str:
    moment = datetime.fromtimestamp(event["timestamp"], UTC).isoformat(timespec="seconds")
    if event["event"] == "user":
        return f"{moment} person: {event['text'] or '(words are not kept)'}"
    if event["event"] == "bot":
        envelope = event["data"]["custom"]
        return f"{moment} assistant: {envelope.get('kind', '')} {' '.join(envelope.get('topics', []))}".rstrip()
    return ""


@contextlib.contextmanager
def usable() -> Iterator[Engine]:
    """Give the database's engine. Raises AssistantError where the database can't be used."""
    url = database.database_url()
    engine = database.create_engine(url)
    try:
        yield engine
    except (SQLAlchemyError, OSError) as error:
        raise AssistantError(
            f"The database {database.shown(url)} can't be used ({type(error).__name__}). "
            "Check that it runs, that DATABASE_URL is right and that its user may create tables."
        ) from None
    finally:
        engine.dispose()
