"""Reads the records of turns and the ratings, counted by the database: a year of turns is a few thousand rows."""

import datetime
import json
from collections.abc import Iterable
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assistant.storage.tables import feedback, turns


@dataclass(frozen=True)
class Turns:
    """Turns of one day that have all of this in common.

    Attributes:
        day: in UTC.
        channel, kind, urgency, hazard, out_of_scope, failure: as in the table ``turns``.
        topics: the topics answered; of a conversation reply the intents.
        offered: the topics offered when it asked back.
        times: how many turns.
        begun: how many of them began a conversation.
    """

    day: datetime.date
    channel: str
    kind: str
    topics: tuple[str, ...] = ()
    urgency: str = "routine"
    hazard: str | None = None
    out_of_scope: str | None = None
    offered: tuple[str, ...] = ()
    failure: str | None = None
    times: int = 1
    begun: int = 0


@dataclass(frozen=True)
class Ratings:
    """Ratings of one answer (``cards``: topic to version) that have all of this in common."""

    cards: dict[str, str]
    useful: bool
    reason: str | None = None
    times: int = 1


@dataclass(frozen=True)
class Latency:
    """How many turns of a channel took so many milliseconds."""

    channel: str
    milliseconds: int
    times: int = 1


@dataclass(frozen=True)
class Rows:
    """All that a report is made of.

    Attributes:
        first, last: the first and the last day, in UTC.
    """

    first: datetime.date
    last: datetime.date
    turns: list[Turns] = field(default_factory=list)
    ratings: list[Ratings] = field(default_factory=list)
    latencies: list[Latency] = field(default_factory=list)


def read(connection: Connection, days: int, today: datetime.date) -> Rows:
    """Read what was recorded on the last days.

    Args:
        connection: the database, with its tables up to date.
        days: how many days, ``today`` among them.
        today: the last day, in UTC.
    """
    first = today - datetime.timedelta(days=days - 1)
    begin = datetime.datetime.combine(first, datetime.time())
    end = datetime.datetime.combine(today, datetime.time()) + datetime.timedelta(days=1)

    def between(table: sa.Table) -> sa.sql.ColumnElement[bool]:
        return sa.and_(table.c.at >= begin, table.c.at < end)

    # PostgreSQL groups by no JSON, but by its text.
    columns = [
        sa.func.date(turns.c.at).label("day"),
        turns.c.channel,
        turns.c.kind,
        sa.cast(turns.c.topics, sa.Text).label("topics"),
        turns.c.urgency,
        turns.c.hazard,
        turns.c.out_of_scope,
        sa.cast(turns.c.offered, sa.Text).label("offered"),
        turns.c.failure,
    ]
    begun = sa.func.sum(sa.case((turns.c.begins, 1), else_=0)).label("begun")
    asked = sa.select(*columns, sa.func.count().label("times"), begun).where(between(turns)).group_by(*columns)
    rated = [sa.cast(feedback.c.cards, sa.Text).label("cards"), feedback.c.useful, feedback.c.reason]
    ratings = sa.select(*rated, sa.func.count().label("times")).where(between(feedback)).group_by(*rated)
    took = [turns.c.channel, turns.c.milliseconds]
    latencies = sa.select(*took, sa.func.count().label("times")).where(between(turns)).group_by(*took)
    return Rows(
        first,
        today,
        [
            Turns(
                datetime.date.fromisoformat(str(row.day)),
                row.channel,
                row.kind,
                _ids(row.topics),
                row.urgency,
                row.hazard,
                row.out_of_scope,
                _ids(row.offered),
                row.failure,
                row.times,
                row.begun,
            )
            for row in connection.execute(asked)
        ],
        [Ratings(json.loads(row.cards), row.useful, row.reason, row.times) for row in connection.execute(ratings)],
        [Latency(row.channel, row.milliseconds, row.times) for row in connection.execute(latencies)],
    )


def _ids(stored: str | None) -> tuple[str, ...]:
    found: Iterable[str] | None = json.loads(stored) if stored else None
    return tuple(found or ())
