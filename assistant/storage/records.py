"""The records of turns for the staff's report: what kind of turn, on what, how fast, by which model; nobody's words."""

import logging
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from assistant.storage.access import Access
from assistant.storage.database import composed
from assistant.storage.keys import Keys
from assistant.storage.tables import turns

logger = logging.getLogger(__name__)

# Conversations of the developers at their terminals say nothing about the people who ask.
_UNRECORDED = frozenset({"terminal"})


@dataclass(frozen=True)
class Recorder:
    """Records turns, off their path: nobody waits for it.

    Attributes:
        access: the database.
        keys: for the hash of the conversation's id.
        model: the model that understands.
        content: the version of the texts.
    """

    access: Access
    keys: Keys
    model: str
    content: str

    def record(
        self, sender: str, channel: str, envelope: Mapping[str, Any], notes: Mapping[str, Any], seconds: float
    ) -> None:
        """Record a turn.

        Args:
            sender: the conversation's id; its hash is stored.
            channel: the channel's name.
            envelope: the reply's envelope.
            notes: the ``hazard``, the kind that is ``out_of_scope`` and the reason of a ``failure``, where there is one.
            seconds: from the message to the reply.
        """
        if channel in _UNRECORDED:
            return
        row = {
            "id": uuid.uuid4().hex,
            "at": datetime.now(UTC).replace(tzinfo=None),
            "channel": channel[:32],
            "kind": envelope["kind"],
            "topics": list(envelope["topics"]),
            "urgency": envelope["urgency"],
            "hazard": notes.get("hazard"),
            "out_of_scope": notes.get("out_of_scope"),
            "offered": list(envelope["options"]) if envelope["kind"] == "clarify" else [],
            "failure": notes["failure"][:64] if notes.get("failure") else None,
            "cards": {answer["topic"]: answer["version"] for answer in envelope["answers"]},
            "milliseconds": round(seconds * 1000),
            "model": self.model[:64],
            "content": self.content[:64],
            "conversation": self.keys.hashed("turns", sender),
        }
        self.access.write(partial(_insert, row))


def _insert(row: dict[str, Any], connection: Connection) -> None:
    connection.execute(_INSERT[connection.dialect.name], row)


def _inserting(dialect: Any) -> Any:
    """Return the statement that records a turn. ``dialect``: the module of the database's dialect."""
    earlier = sa.exists().where(turns.c.conversation == sa.bindparam("conversation", type_=turns.c.conversation.type))
    values = {
        column.name: sa.bindparam(column.name, type_=column.type) for column in turns.columns if column.name != "begins"
    }
    return composed(dialect.insert(turns).values({**values, "begins": ~earlier}).on_conflict_do_nothing(), dialect)


_INSERT = {dialect.__name__.rsplit(".", 1)[-1]: _inserting(dialect) for dialect in (postgresql, sqlite)}
