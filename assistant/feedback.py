"""What people say of an answer: a one-time token with each answer, and its redemption. Nobody's words are kept."""

import datetime
import secrets
import time
from dataclasses import dataclass
from typing import Any

import jwt
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from assistant.storage.access import Access
from assistant.storage.tables import feedback

REASONS = ("wrong", "unclear", "too_long", "not_what_i_asked")
# How long an answer may be rated after it was given.
TOKEN_SECONDS = 24 * 3600
_ALGORITHM, _AUDIENCE = "HS256", "feedback"


class InvalidTokenError(Exception):
    """The token was not made here, or not for this chat."""


class ExpiredTokenError(Exception):
    """The answer is too old to be rated."""


class UsedTokenError(Exception):
    """The answer has been rated already."""


class NotRecordedError(Exception):
    """The database is away."""


@dataclass(frozen=True)
class Rated:
    """What a token stands for: the answer's cards, by topic with their versions, and where it was given."""

    token: str
    channel: str
    cards: dict[str, str]


def token(key: bytes, conversation: str, channel: str, envelope: dict[str, Any]) -> str | None:
    """Return the token that goes with an answer; None for a reply that no card stands behind.

    Args:
        key: what tokens are signed with.
        conversation: whose answer it is. Its id is in the token, which only this conversation gets.
        channel: the channel's name.
        envelope: the reply's envelope.
    """
    rateable = envelope["kind"] == "answer" or envelope["topics"] == ["explain_more"]
    if not rateable or not envelope["answers"]:
        return None
    claims = {
        "jti": secrets.token_hex(16),
        "sub": conversation,
        "aud": _AUDIENCE,
        "channel": channel,
        "cards": {entry["topic"]: entry["version"] for entry in envelope["answers"]},
        "exp": int(time.time()) + TOKEN_SECONDS,
    }
    return jwt.encode(claims, key, _ALGORITHM)


def read(key: bytes, given: str, conversation: str) -> Rated:
    """Return what a token stands for.

    Raises:
        ExpiredTokenError: it is too old.
        InvalidTokenError: it is none, or another conversation's.
    """
    try:
        claims = jwt.decode(
            given, key, [_ALGORITHM], audience=_AUDIENCE, options={"require": ["jti", "sub", "aud", "exp"]}
        )
        if claims["sub"] != conversation:
            raise InvalidTokenError
        return Rated(claims["jti"], claims["channel"], claims["cards"])
    except jwt.ExpiredSignatureError:
        raise ExpiredTokenError from None
    except (jwt.InvalidTokenError, KeyError, ValueError):  # ValueError: half of a character that has two
        raise InvalidTokenError from None


async def record(access: Access, rated: Rated, useful: bool, reason: str | None) -> None:
    """Record a rating, once for each token, also where several servers share the database.

    Args:
        access: the database.
        rated: what is rated.
        useful: whether the answer was.
        reason: one of REASONS, or None.

    Raises:
        UsedTokenError: the token was redeemed before.
        NotRecordedError: the database is away.
    """
    mine = secrets.token_hex(16)
    values = {
        "id": mine,
        "token": rated.token,
        "at": datetime.datetime.now(datetime.UTC).replace(tzinfo=None),
        "channel": rated.channel,
        "cards": rated.cards,
        "useful": useful,
        "reason": reason,
    }
    winner: list[str] = []

    def insert(connection: Connection) -> None:
        dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
        # A write that is tried again after a lost connection may have been made: then the row is this one.
        connection.execute(dialect.insert(feedback).values(values).on_conflict_do_nothing())
        found = connection.execute(sa.select(feedback.c.id).where(feedback.c.token == rated.token)).scalar_one()
        winner[:] = [found]

    write = access.write(insert)
    await access.made(write)
    if not (write.done() and winner):
        raise NotRecordedError
    if winner != [mine]:
        raise UsedTokenError
