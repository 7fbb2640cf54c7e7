"""Turns as Rasa makes them, for the tests of what is stored."""

from typing import Any

from rasa.shared.core.events import ActionExecuted, BotUttered, Event, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from assistant.storage.conversations import ConversationStore, StoredTracker


def turn_events(text: str, topic: str = "frequency", channel: str = "rest") -> list[Event]:
    parsed: dict[str, Any] = {
        "intent": {"name": topic, "confidence": 0.9},
        "entities": [{"entity": "group", "value": "children", "start": 0, "end": 4, "extractor": "EntityExtractor"}],
        "text": text,
        "intent_ranking": [{"name": topic, "confidence": 0.9}],
        "text_tokens": [[0, 4]],
    }
    return [
        UserUttered(text, parsed["intent"], parsed["entities"], parsed, input_channel=channel),
        ActionExecuted("action_answer", policy="RulePolicy", confidence=1.0),
        BotUttered("An answer.", {"custom": {"kind": "answer", "topics": [topic], "steer": "Ask a nurse."}}),
        SlotSet("topics", [topic]),
        ActionExecuted("action_listen"),
    ]


def update(tracker: DialogueStateTracker, events: list[Event]) -> None:
    for event in events:
        tracker.update(event)


async def take(
    store: ConversationStore, sender: str, text: str, topic: str = "frequency", channel: str = "rest"
) -> StoredTracker:
    tracker = await store.get_or_create_tracker(sender, append_action_listen=False)
    assert isinstance(tracker, StoredTracker)
    if not tracker.events:
        update(tracker, [ActionExecuted("action_session_start"), SessionStarted(), ActionExecuted("action_listen")])
    update(tracker, turn_events(text, topic, channel))
    await store.save(tracker)
    return tracker
