"""What is kept of a turn's events: what the next turn needs, the masked words where they may be kept, and nothing else.

Rasa keeps an event's whole parse data (every ranking and token) and the bot's texts, some 8 kB a turn; this is about 1 kB.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from rasa.shared.core.events import BotUttered, Event, UserUttered
from rasa.shared.utils.common import all_subclasses

from assistant.privacy.masking import masked


def kept(events: Iterable[Event], *, words: bool) -> list[dict[str, Any]]:
    """Return the events as they are stored.

    Args:
        events: a turn's events.
        words: whether people's words may be stored; personal data in them is masked.
    """
    return [_kept(event, words=words) for event in events]


def _kept(event: Event, *, words: bool) -> dict[str, Any]:
    data = event.as_dict()
    data.pop("metadata", None)
    if isinstance(event, UserUttered):
        parsed = data["parse_data"]
        text = masked(event.text or "") if words else ""
        data["text"] = text
        data["parse_data"] = {
            "text": text,
            "intent": {key: parsed.get("intent", {}).get(key) for key in ("name", "confidence")},
            # Values are names from data/guidance, not the words that were used for them.
            "entities": [{key: found[key] for key in ("entity", "value")} for found in parsed.get("entities", [])],
        }
        data.pop("message_id", None)
    elif isinstance(event, BotUttered):
        envelope = (data.get("data") or {}).get("custom") or {}
        data["text"] = None
        data["data"] = {"custom": {key: envelope[key] for key in ("kind", "topics") if key in envelope}}
    return data


def restored(stored: Iterable[dict[str, Any]]) -> list[Event]:
    """Return the events that were stored; kinds that Rasa doesn't know are left out."""
    return [event for data in stored if (event := _restored(data)) is not None]


def _restored(data: dict[str, Any]) -> Event | None:
    kind = _kinds().get(data["event"])
    return kind._from_parameters(data) if kind else None


@lru_cache(maxsize=1)
def _kinds() -> dict[str, type[Event]]:
    """Each kind of event by its name. Rasa's own look-up walks through all classes for every single event."""
    return {kind.type_name: kind for kind in all_subclasses(Event)}
