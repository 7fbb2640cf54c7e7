"""Ratings of answers: the token that goes with each, and what a client sends back."""

from typing import Any

from assistant import feedback
from assistant.channels.refusal import RequestError
from assistant.channels.web.session import Session
from assistant.storage import access as accesses

FORM = '{"token": "...", "useful": true, "reason": null}'


class Ratings:
    """The ratings of one channel."""

    def __init__(self, key: bytes, channel: str) -> None:
        self._key, self._channel = key, channel

    def token(self, session: Session, shown: dict[str, Any]) -> str | None:
        """Return the token that goes with a reply; None for one that can't be rated."""
        return feedback.token(self._key, session.sender, self._channel, shown)

    async def record(self, session: Session, body: dict[str, Any]) -> None:
        """Record what a client says of an answer.

        Raises:
            RequestError: 422 for a body or token that is odd, 410 for an old token, 409 for a used one, 503 while the database is away.
        """
        given, useful, reason = _read(body)
        try:
            rated = feedback.read(self._key, given, session.sender)
            await feedback.record(accesses.opened(), rated, useful, reason)
        except feedback.InvalidTokenError:
            raise _odd("token_invalid", "This 'token' came with no answer of this chat.") from None
        except feedback.ExpiredTokenError:
            raise RequestError("token_expired", "This answer is too old to be rated.", 410) from None
        except feedback.UsedTokenError:
            raise RequestError("token_used", "This answer has been rated already. Thank you.", 409) from None
        except feedback.NotRecordedError:
            raise RequestError(
                "not_recorded", "Your rating could not be recorded just now. Try again later.", 503
            ) from None


def _read(body: dict[str, Any]) -> tuple[str, bool, str | None]:
    if set(body) - {"token", "useful", "reason"}:
        raise _odd("field_unknown", f"Send these fields and no other: {FORM}.")
    given, useful, reason = body.get("token"), body.get("useful"), body.get("reason")
    if not isinstance(given, str):
        raise _odd("token_invalid", "'token' must be the 'feedback_token' that came with the answer.")
    if not isinstance(useful, bool):
        raise _odd("useful_invalid", "'useful' must be true or false.")
    if reason is not None and reason not in feedback.REASONS:
        raise _odd("reason_invalid", f"'reason' must be null or one of {', '.join(feedback.REASONS)}.")
    return given, useful, reason


def _odd(code: str, message: str) -> RequestError:
    return RequestError(code, message, 422)
