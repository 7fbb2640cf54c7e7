"""What a conversation remembers from turn to turn, in slots: what was answered, offered, refused, and how often it failed."""

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet

from assistant.reply import Reply

# The topics of the last answer, so that "tell me more" and "how long do they last" know what is meant.
TOPICS = "topics"
# The topics of the answers before it, the last one at the end, for "go back".
TRAIL = "trail"
# The topics of the question that was just asked back.
OFFERED = "offered"
# Every offer so far and what was chosen of it: {"topics": [...], "chosen": topic or None}.
OFFERS = "offers"
# Turns in a row without an answer.
FAILURES = "failures"
# The next likeliest topics of the last question, for "not what I asked".
NEAR = "near"
# A conversation of hours must not carry more than this.
_LONGEST = 10
# After so many turns without an answer it stops guessing.
MOST_FAILURES = 2
# A topic less probable than this is no better guess.
_NEAR_LEAST = 0.02


def topics(tracker: Tracker) -> list[str]:
    """Return the topics of the last answer in this conversation; none if there was no answer yet."""
    return list(tracker.get_slot(TOPICS) or [])


def trail(tracker: Tracker) -> list[list[str]]:
    """Return the topics of each answer so far, the last one at the end."""
    return list(tracker.get_slot(TRAIL) or [])


def offered(tracker: Tracker) -> list[str]:
    """Return the topics that the last turn asked back about."""
    return list(tracker.get_slot(OFFERED) or [])


def near(tracker: Tracker) -> list[str]:
    """Return the topics that the last question might have been about as well."""
    return list(tracker.get_slot(NEAR) or [])


def failures(tracker: Tracker) -> int:
    """Return how many turns in a row ended without an answer."""
    return int(tracker.get_slot(FAILURES) or 0)


def offered_before(tracker: Tracker, options: list[str]) -> dict[str, Any] | None:
    """Return the earlier offer of the same topics, and what became of it; None if they weren't offered together yet."""
    return next((offer for offer in tracker.get_slot(OFFERS) or [] if offer["topics"] == sorted(options)), None)


def remembered(tracker: Tracker, reply: Reply) -> list[EventType]:
    """Return the events that keep a turn in memory.

    Args:
        tracker: the conversation up to the message that is answered.
        reply: its reply.
    """
    values: dict[str, Any] = {OFFERED: None}
    before = offered(tracker)
    offers = list(tracker.get_slot(OFFERS) or [])
    if before:
        chosen = next((topic for topic in reply.topics if topic in before), None) if reply.kind == "answer" else None
        offers = [*offers, {"topics": sorted(before), "chosen": chosen}][-_LONGEST:]
        values[OFFERS] = offers
    if reply.kind == "answer":
        values[TOPICS] = reply.topics
        values[TRAIL] = [*trail(tracker), reply.topics][-_LONGEST:]
        values[NEAR] = _near(tracker, reply)
    if reply.kind == "clarify":
        values[OFFERED] = reply.options
    if reply.kind in ("clarify", "out_of_scope"):
        values[FAILURES] = failures(tracker) + 1
    elif reply.kind == "answer":
        values[FAILURES] = 0
    # Nothing is written that is there already: each event is kept for as long as the conversation.
    return [
        SlotSet(name, value) for name, value in values.items() if (tracker.get_slot(name) or None) != (value or None)
    ]


def forgotten() -> list[EventType]:
    """Return the events that begin the conversation anew."""
    return [SlotSet(name, None) for name in (TOPICS, TRAIL, OFFERED, OFFERS, FAILURES, NEAR, "group", "form", "region")]


def _near(tracker: Tracker, reply: Reply) -> list[str]:
    ranking = tracker.latest_message.get("intent_ranking") or []
    return [item["name"] for item in ranking if item["name"] not in reply.topics and item["confidence"] >= _NEAR_LEAST][
        :3
    ]
