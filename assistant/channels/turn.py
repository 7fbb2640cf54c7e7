"""One turn: a message goes in, exactly one reply comes out, whatever breaks on the way."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from rasa.core.channels.channel import OutputChannel, UserMessage

from assistant import contents, metrics
from assistant import reply as replies
from assistant.nlu import red_flags
from assistant.reply import Reply

if TYPE_CHECKING:
    from assistant.storage.records import Recorder

logger = logging.getLogger(__name__)
# One line a turn, where the logs are for programs (assistant.logs).
turns = logging.getLogger("assistant.turns")

# A turn takes some 20 ms; one that takes this long has met something that is stuck.
LONGEST_TURN_SECONDS = 10.0
# How long a message may wait for those before it in its conversation.
LONGEST_WAIT_SECONDS = 30.0
# When the present turn is given up. The lock store moves it: a turn's own time begins when the one before it has ended.
deadline: ContextVar[asyncio.Timeout | None] = ContextVar("deadline", default=None)
# What an action sends beside the envelope, for the records; nobody else gets to see it.
NOTES = "notes"

# Where turns are recorded, while a server runs.
recorder: "Recorder | None" = None


class Collector(OutputChannel):
    """Collects what Rasa sends, each message in one piece: text, buttons and envelope together."""

    def __init__(self, channel: str) -> None:
        self._channel = channel
        self.messages: list[dict[str, Any]] = []
        self.notes: dict[str, Any] = {}

    def name(self) -> str:  # type: ignore[override]
        """Return the channel's name."""
        return self._channel

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Keep one message as it is."""
        kept = {key: message[key] for key in ("text", "buttons", "custom") if message.get(key)}
        if NOTES in kept.get("custom", {}):
            kept["custom"] = {key: value for key, value in kept["custom"].items() if key != NOTES}
            self.notes = message["custom"][NOTES]
        self.messages.append({"recipient_id": recipient_id, **kept})


async def take_turn(
    handle: Callable[[UserMessage], Awaitable[Any]],
    text: str,
    sender: str,
    channel: str,
    longest: float = LONGEST_TURN_SECONDS,
    topic: str | None = None,
) -> dict[str, Any]:
    """Pass one message to Rasa and return the reply.

    Rasa swallows an action's exception and answers nothing, and it ignores messages while it has no model. So a turn that
    leaves no reply with its steer ends in the ``failed`` reply, made here.

    Args:
        handle: Rasa's handler for a message.
        text: what the person wrote.
        sender: the conversation's id.
        channel: the channel's name.
        longest: seconds after which the turn is given up, not counting those that it waits for the ones before it.
        topic: the topic that was tapped; then the text, its question, need not be understood.

    Returns:
        The message with ``text``, ``custom`` (the envelope) and, where there are any, ``buttons``.
    """
    began, keeps = time.perf_counter(), recorder
    with contents.held():  # a turn ends on the texts that it began with
        message, notes = await _reply_to(handle, text, sender, channel, longest, topic)
    _count(keeps, sender, channel, message["custom"], notes, time.perf_counter() - began)
    return message


def _count(
    keeps: "Recorder | None",
    sender: str,
    channel: str,
    envelope: dict[str, Any],
    notes: dict[str, Any],
    seconds: float,
) -> None:
    """Count, log and record a turn. Whatever goes wrong with that, the reply has been made and is given."""
    try:
        metrics.TURNS.labels(channel, envelope["kind"], envelope["urgency"]).inc()
        metrics.SECONDS.labels(channel).observe(seconds)
        if envelope["kind"] in ("emergency", "crisis") or notes.get("hazard"):
            metrics.ALARMS.labels(channel, notes.get("hazard") or "unnamed").inc()
        if envelope["kind"] == "out_of_scope":
            metrics.DECLINED.labels(channel, notes.get("out_of_scope") or "other").inc()
        turns.info(
            "turn",
            extra={
                "channel": channel,
                "kind": envelope["kind"],
                "topics": envelope["topics"],
                "urgency": envelope["urgency"],
                "milliseconds": round(seconds * 1000),
            },
        )
        if keeps:
            keeps.record(sender, channel, envelope, notes, seconds)
    except Exception as error:
        logger.error("a turn on %s could not be recorded: %s", channel, type(error).__name__)


async def _reply_to(
    handle: Callable[[UserMessage], Awaitable[Any]],
    text: str,
    sender: str,
    channel: str,
    longest: float,
    topic: str | None,
) -> tuple[dict[str, Any], dict[str, Any]]:
    collector = Collector(channel)
    broken = None
    parsed: Any = {"text": text, "intent": {"name": topic, "confidence": 1.0}, "entities": []} if topic else None
    message = UserMessage(text, collector, sender, parse_data=parsed, input_channel=channel)
    try:
        async with asyncio.timeout(longest) as until:
            deadline.set(until)
            await handle(message)
    except TimeoutError:
        broken = "timeout"
    except Exception as error:  # asyncio.CancelledError passes: the caller has gone
        broken = type(error).__name__
    whole = [message for message in collector.messages if _is_reply(message)]
    hazard, urgent = _urgent_reply(text, channel)
    if urgent and not (whole and whole[-1]["custom"]["kind"] in ("emergency", "crisis")):
        return _message(sender, urgent), {"hazard": hazard, "failure": _failure(channel, broken or "red_flag_missed")}
    if not whole:
        return _message(sender, replies.failed()), {"failure": _failure(channel, broken or "no_reply")}
    if broken or whole[-1]["custom"]["kind"] == "failed":
        return whole[-1], {**collector.notes, "failure": _failure(channel, broken or "action")}
    return whole[-1], collector.notes


def _failure(channel: str, reason: str) -> str:
    """Count and log a failure, without the person's words; return its reason."""
    metrics.FAILURES.labels(channel, reason).inc()
    logger.error("a turn on %s failed: %s", channel, reason)
    return reason


def _urgent_reply(text: str, channel: str) -> tuple[str | None, Reply | None]:
    """Ask the red-flag rules, whatever the pipeline did: they must work when the classifier is broken."""
    try:
        alarm = red_flags.red_flags().find(text)
        if alarm and alarm.urgency == "now":
            return alarm.hazard, replies.emergency(alarm.hazard)
        if alarm and alarm.urgency == "crisis":
            return alarm.hazard, replies.crisis()
    except Exception:
        _failure(channel, "red_flag_rules")
    return None, None


def _message(sender: str, reply: Reply) -> dict[str, Any]:
    return {"recipient_id": sender, "text": reply.text, "custom": reply.envelope()}


def _is_reply(message: dict[str, Any]) -> bool:
    steer = (message.get("custom") or {}).get("steer")
    return bool(steer) and steer in message.get("text", "")
