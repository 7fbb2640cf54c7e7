"""A chat's token: a random id that the server made, signed and short-lived. The client chooses nothing of it."""

import secrets
import time
from dataclasses import dataclass

import jwt

from assistant.channels.refusal import RequestError

_ALGORITHM = "HS256"
# However often it is renewed, a token ends after this.
LONGEST_SECONDS = 12 * 3600


@dataclass(frozen=True)
class Session:
    """One chat.

    Attributes:
        id: 32 hexadecimal digits.
        channel: ``web`` or ``kiosk``; a token of one is worth nothing on the other.
        place: a keyed hash of the address that opened it, under which it counts as open.
        began: when it was opened, in seconds since 1970.
        ends: when its token expires.
    """

    id: str
    channel: str
    place: str
    began: int
    ends: int

    @property
    def sender(self) -> str:
        """What Rasa calls the conversation."""
        return f"{self.channel}:{self.id}"


class Tokens:
    """Makes and reads the tokens of one channel."""

    def __init__(self, key: bytes, channel: str, seconds: int) -> None:
        """Make it.

        Args:
            key: what tokens are signed with.
            channel: the channel's name.
            seconds: how long a token lives.
        """
        self._key, self._channel, self.seconds = key, channel, seconds

    def new(self, place: str) -> Session:
        """Return a new session."""
        now = int(time.time())
        return Session(secrets.token_hex(16), self._channel, place, now, now + self.seconds)

    def renewed(self, session: Session) -> Session | None:
        """Return the session with a later end where half of its time has passed, else None."""
        now = int(time.time())
        ends = min(now + self.seconds, session.began + LONGEST_SECONDS)
        if session.ends - now > self.seconds / 2 or ends <= session.ends:
            return None
        return Session(session.id, session.channel, session.place, session.began, ends)

    def signed(self, session: Session) -> str:
        """Return the token of a session."""
        claims = {
            "sub": session.id,
            "aud": session.channel,
            "place": session.place,
            "iat": session.began,
            "exp": session.ends,
        }
        return jwt.encode(claims, self._key, _ALGORITHM)

    def read(self, authorization: str, *, expired_too: bool = False) -> Session:
        """Return the session of a request's ``Authorization`` header.

        Args:
            authorization: the header's value.
            expired_too: accept a token whose time is over: who wants a chat deleted may come late.

        Raises:
            RequestError: 401 ``session_expired`` for a token that is missing, forged, of the other channel or expired.
        """
        scheme, _, token = authorization.partition(" ")
        try:
            if scheme.lower() != "bearer":
                raise jwt.InvalidTokenError
            claims = jwt.decode(
                token.strip(),
                self._key,
                algorithms=[_ALGORITHM],
                audience=self._channel,
                # Another replica's clock may be ahead of ours, and ours may be set back: a token of ours isn't forged for that.
                options={"require": ["sub", "aud", "iat", "exp"], "verify_exp": not expired_too, "verify_iat": False},
            )
            return Session(claims["sub"], self._channel, str(claims["place"]), int(claims["iat"]), int(claims["exp"]))
        except (jwt.InvalidTokenError, KeyError, ValueError, TypeError):
            raise expired(self._channel) from None


def expired(channel: str) -> RequestError:
    """Return the refusal of a token that is worth nothing."""
    return RequestError(
        "session_expired",
        f"This chat has ended or its token is not valid. Open a new one with POST /{channel}/session and send "
        "'Authorization: Bearer <token>'.",
        401,
        {"WWW-Authenticate": "Bearer"},
    )
