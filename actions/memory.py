"""What a conversation remembers from turn to turn, in slots: what was answered, offered, refused, and how often it failed."""

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet

from assistant.guidance.entities import Mention
from assistant.reply import Reply

# The topics of the last answer, so that "tell me more" and "how long do they last" know what is meant.
TOPICS = "topics"
# The topics of the answers before it, the last one at the end, for "go back".
TRAIL = "trail"
# The topics of the question that was just asked back.
OFFERED = "offered"
# The topics below a reply that neither answered nor asked back: a bare number picks one. They were not asked about, so they are
# no likelier than others to be meant, and what comes of them is no matter.
SUGGESTED = "suggested"
# What was said of each topic (``Reply.given``), the one answered last at the end.
GIVEN = "given"
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
# Kinds of names that go on to matter in later answers. A medicine or a condition matters where it is named.
_KEPT = ("group", "form", "region")
# Each turn replaces what is suggested, and so does the reply that the conversation begins anew.
_FORGOTTEN = (TOPICS, TRAIL, OFFERED, GIVEN, OFFERS, FAILURES, NEAR, *_KEPT)
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


def suggested(tracker: Tracker) -> list[str]:
    """Return the topics that stood below the last reply, where it neither answered nor asked back."""
    return list(tracker.get_slot(SUGGESTED) or [])


def given(tracker: Tracker) -> dict[str, list[str]]:
    """Return what was said of each topic in this conversation."""
    return dict(tracker.get_slot(GIVEN) or {})


def mentions(tracker: Tracker) -> list[Mention]:
    """Return the names in the message, then the group, the form and the region that were spoken of before."""
    named = [Mention(found["entity"], found["value"]) for found in tracker.latest_message.get("entities") or []]
    kinds = {mention.kind for mention in named}
    kept = [Mention(kind, tracker.get_slot(kind)) for kind in _KEPT if kind not in kinds and tracker.get_slot(kind)]
    return list(dict.fromkeys([*named, *kept]))


def near(tracker: Tracker) -> list[str]:
    """Return the topics that the last question might have been about as well."""
    return list(tracker.get_slot(NEAR) or [])


def failures(tracker: Tracker) -> int:
    """Return how many turns in a row ended without an answer."""
    return int(tracker.get_slot(FAILURES) or 0)


def offered_before(tracker: Tracker, options: list[str]) -> dict[str, Any] | None:
    """Return the last offer of the same topics, and what became of it; None if they weren't offered together yet."""
    offers = reversed(tracker.get_slot(OFFERS) or [])
    return next((offer for offer in offers if offer["topics"] == sorted(options)), None)


def remembered(tracker: Tracker, reply: Reply) -> list[EventType]:
    """Return the events that keep a turn in memory.

    Args:
        tracker: the conversation up to the message that is answered.
        reply: its reply.
    """
    values: dict[str, Any] = {OFFERED: None, SUGGESTED: None}
    before = offered(tracker)
    offers = list(tracker.get_slot(OFFERS) or [])
    if before:
        chosen = next((topic for topic in reply.topics if topic in before), None) if reply.kind == "answer" else None
        offers = [*offers, {"topics": sorted(before), "chosen": chosen}][-_LONGEST:]
        values[OFFERS] = offers
    if reply.kind == "answer":
        values[TOPICS] = reply.topics
        # Further detail on a topic is no answer to go back from.
        if trail(tracker)[-1:] != [reply.topics]:
            values[TRAIL] = [*trail(tracker), reply.topics][-_LONGEST:]
        values[NEAR] = _near(tracker, reply)
    if reply.kind == "clarify":
        values[OFFERED] = reply.options
    if reply.kind in ("conversation", "out_of_scope") and not reply.answers:
        values[SUGGESTED] = reply.options
    if reply.given:
        values[GIVEN] = _with_given(tracker, reply)
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
    return [SlotSet(name, None) for name in _FORGOTTEN]


def _with_given(tracker: Tracker, reply: Reply) -> dict[str, list[str]]:
    before = given(tracker)
    now = {topic: list(dict.fromkeys([*before.pop(topic, []), *parts])) for topic, parts in reply.given.items()}
    return dict([*before.items(), *now.items()][-_LONGEST:])


def _near(tracker: Tracker, reply: Reply) -> list[str]:
    ranking = tracker.latest_message.get("intent_ranking") or []
    return [item["name"] for item in ranking if item["name"] not in reply.topics and item["confidence"] >= _NEAR_LEAST][
        :3
    ]
