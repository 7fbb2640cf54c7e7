"""What a stored tracker finds by itself is what Rasa finds by replaying the conversation."""

from typing import Any

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    BotUttered,
    DefinePrevUserUtteredFeaturization,
    Event,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from assistant import paths
from assistant.storage.tracker import StoredTracker


@pytest.fixture(scope="module")
def domain() -> Domain:
    return Domain.load(str(paths.ROOT / "domain.yml"))


def said(intent: str, *entities: str) -> UserUttered:
    found = [{"entity": name, "value": "x"} for name in entities]
    return UserUttered(
        "words", {"name": intent, "confidence": 1.0}, found, {"intent": {"name": intent}, "entities": found}
    )


TURN = [ActionExecuted("action_listen"), said("frequency"), DefinePrevUserUtteredFeaturization(False)]
ANSWERED = [ActionExecuted("action_answer"), BotUttered("text"), SlotSet("topics", ["frequency"])]
CONVERSATIONS: dict[str, list[Event]] = {
    "nothing yet": [],
    "a session": [ActionExecuted("action_session_start"), SessionStarted(), ActionExecuted("action_listen")],
    "a message": TURN,
    "an answer": [*TURN, *ANSWERED],
    "two turns": [SlotSet("topics", ["dosage"]), *TURN, *ANSWERED, ActionExecuted("action_listen"), said("dosage")],
    "names in a message": [ActionExecuted("action_listen"), said("frequency", "group", "medicine")],
    "a new beginning": [*TURN, *ANSWERED, Restarted(), *TURN],
    "a form": [*TURN, ActiveLoop("some_form"), ActionExecuted("some_form")],
}


def tracker_of(kind: type[DialogueStateTracker], domain: Domain, events: list[Event]) -> Any:
    tracker = kind("somebody", domain.slots)
    for event in events:
        tracker.update(event)
    return tracker


@pytest.mark.parametrize("events", CONVERSATIONS.values(), ids=CONVERSATIONS.keys())
@pytest.mark.parametrize("hidden", [False, True], ids=["all turns", "without rules' turns"])
def test_the_states_are_those_of_rasa(domain: Domain, events: list[Event], hidden: bool) -> None:
    ours, rasas = (tracker_of(kind, domain, events) for kind in (StoredTracker, DialogueStateTracker))
    assert ours.past_states(domain, ignore_rule_only_turns=hidden) == rasas.past_states(
        domain, ignore_rule_only_turns=hidden
    )


def test_where_a_slot_influences_the_conversation_it_is_part_of_the_states(domain: Domain) -> None:
    changed = domain.as_dict()
    changed["slots"]["held"]["influence_conversation"] = True
    other = Domain.from_dict(changed)
    events = [*TURN, SlotSet("held", "alarmed"), ActionExecuted("action_answer")]
    ours, rasas = (tracker_of(kind, other, events) for kind in (StoredTracker, DialogueStateTracker))
    assert ours.past_states(other) == rasas.past_states(other)
    assert any("slots" in state for state in ours.past_states(other))


def test_a_copy_is_as_the_tracker_and_changes_by_itself(domain: Domain) -> None:
    tracker = tracker_of(StoredTracker, domain, CONVERSATIONS["two turns"])
    copied = tracker.copy()
    assert list(copied.events) == list(tracker.events)
    assert copied.current_slot_values() == tracker.current_slot_values()
    assert copied.latest_action == tracker.latest_action
    assert copied.latest_message == tracker.latest_message
    copied.update(SlotSet("topics", ["cost"]))
    copied.update(ActionExecuted("action_answer"))
    assert tracker.get_slot("topics") == ["frequency"]
    assert len(tracker.events) == len(copied.events) - 2


@pytest.mark.parametrize("events", CONVERSATIONS.values(), ids=CONVERSATIONS.keys())
def test_the_applied_events_are_those_of_rasa(domain: Domain, events: list[Event]) -> None:
    ours, rasas = (tracker_of(kind, domain, events) for kind in (StoredTracker, DialogueStateTracker))
    assert ours.applied_events() == rasas.applied_events()
