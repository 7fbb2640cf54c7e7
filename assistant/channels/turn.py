"""One turn: a message goes in, exactly one reply comes out, whatever breaks on the way."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import OutputChannel, UserMessage

from assistant import reply as replies
from assistant.nlu.red_flags import red_flags
from assistant.reply import Reply

logger = logging.getLogger(__name__)

# A turn takes some 20 ms; one that takes this long has met something that is stuck.
LONGEST_TURN_SECONDS = 10.0


class Collector(OutputChannel):
    """Collects what Rasa sends, each message in one piece: text, buttons and envelope together."""

    def __init__(self, channel: str) -> None:
        self._channel = channel
        self.messages: list[dict[str, Any]] = []

    def name(self) -> str:  # type: ignore[override]
        """Return the channel's name."""
        return self._channel

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Keep one message as it is."""
        kept = {key: message[key] for key in ("text", "buttons", "custom") if message.get(key)}
        self.messages.append({"recipient_id": recipient_id, **kept})


async def take_turn(
    handle: Callable[[UserMessage], Awaitable[Any]],
    text: str,
    sender: str,
    channel: str,
    longest: float = LONGEST_TURN_SECONDS,
) -> dict[str, Any]:
    """Pass one message to Rasa and return the reply.

    Rasa swallows an action's exception and answers nothing, and it ignores messages while it has no model. So a turn that
    leaves no reply with its steer ends in the ``failed`` reply, made here.

    Args:
        handle: Rasa's handler for a message.
        text: what the person wrote.
        sender: the conversation's id.
        channel: the channel's name.
        longest: seconds after which the turn is given up.

    Returns:
        The message with ``text``, ``custom`` (the envelope) and, where there are any, ``buttons``.
    """
    collector = Collector(channel)
    try:
        await asyncio.wait_for(handle(UserMessage(text, collector, sender, input_channel=channel)), longest)
    except Exception as error:  # asyncio.CancelledError passes: the caller has gone
        logger.error("a turn on %s failed with %s", channel, type(error).__name__)
    whole = [message for message in collector.messages if _is_reply(message)]
    urgent = _urgent_reply(text)
    if urgent and not (whole and whole[-1]["custom"]["kind"] in ("emergency", "crisis")):
        logger.error("a turn on %s missed a red flag; the channel answered it", channel)
        return _message(sender, urgent)
    if whole:
        return whole[-1]
    logger.error("a turn on %s left no reply; the 'failed' reply was sent", channel)
    return _message(sender, replies.failed())


def _urgent_reply(text: str) -> Reply | None:
    """Ask the red-flag rules, whatever the pipeline did: they must work when the classifier is broken."""
    try:
        alarm = red_flags().find(text)
        if alarm and alarm.urgency == "now":
            return replies.emergency(alarm.hazard)
        return replies.crisis() if alarm and alarm.urgency == "crisis" else None
    except Exception as error:
        logger.error("the red-flag rules failed with %s", type(error).__name__)
        return None


def _message(sender: str, reply: Reply) -> dict[str, Any]:
    return {"recipient_id": sender, "text": reply.text, "custom": reply.envelope()}


def _is_reply(message: dict[str, Any]) -> bool:
    steer = (message.get("custom") or {}).get("steer")
    return bool(steer) and steer in message.get("text", "")
