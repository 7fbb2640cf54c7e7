"""What is left to say: a follow-up on the last answer gets the card's further detail in place of the same text again."""

import re

from rasa_sdk import Tracker

from actions import memory
from assistant import reply as replies
from assistant.reply import Reply

# "i meant after", "*store the vials": the question is put again, and its answer with it.
_PUT_RIGHT = re.compile(r"^\W*\*|\b(i|what i) (mean|meant)\b", re.IGNORECASE)


def answer(tracker: Tracker, topic: str) -> Reply:
    """Answer one topic: as ever, or a follow-up that would get what was just said by what it asks about and what is left to say.

    A message with a sign that needs help the same day is answered as ever: what it asks for stands in the short answer.
    """
    named = memory.mentions(tracker)
    if not _goes_on(tracker, topic) or replies.adds(topic, named, memory.given(tracker).get(topic, ())):
        return replies.answer([topic], mentions=named)
    passage = tracker.latest_message.get("passage")
    return replies.further(
        topic,
        asked=tuple(passage) if passage else None,
        detail=bool(undetailed(tracker, [topic])),
        mentions=[one for one in named if one.kind == "region"],
        known=memory.given(tracker),
    )


def undetailed(tracker: Tracker, topics: list[str]) -> list[str]:
    """Return those of the topics whose further detail wasn't given yet in this conversation."""
    return [topic for topic in topics if "more" not in memory.given(tracker).get(topic, ())]


def _goes_on(tracker: Tracker, topic: str) -> bool:
    """Tell whether a message goes on with the last answer's topic; a button, a title, a choice or a correction asks for its answer."""
    message = tracker.latest_message
    asked_by_words = "asked" in message and topic not in (*memory.offered(tracker), *memory.suggested(tracker))
    text = str(message.get("text") or "")
    titled = _plain(text) == _plain(replies.texts().library.cards[topic].title)
    return (
        topic in memory.topics(tracker)
        and asked_by_words
        and not titled
        and not _PUT_RIGHT.search(text)
        and not message.get("red_flag")
        and not (_said_before(tracker, text) and undetailed(tracker, [topic]))
    )


def _said_before(tracker: Tracker, text: str) -> bool:
    """Tell whether the message before had the same words: then the same answer is asked for."""
    texts = [event.get("text") for event in tracker.events if event.get("event") == "user"]
    return len(texts) > 1 and _plain(str(texts[-2] or "")) == _plain(text)


def _plain(text: str) -> str:
    return " ".join(text.lower().strip(" ?!.").split())
