"""A conversation's tracker: it knows what of it is stored, and finds its states and copies itself without replaying its events."""

import copy
from types import SimpleNamespace
from typing import Any

from rasa.shared.core.constants import PREVIOUS_ACTION, USER
from rasa.shared.core.domain import Domain, State
from rasa.shared.core.events import (
    ActionExecuted,
    BotUttered,
    DefinePrevUserUtteredFeaturization,
    Event,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.slots import Slot
from rasa.shared.core.trackers import DialogueStateTracker

# Events that change nothing of a state but the message and the action before, where no slot influences the conversation. The
# featurization of a message was set in the message itself when the event came.
_PLAIN = (ActionExecuted, BotUttered, DefinePrevUserUtteredFeaturization, SlotSet, UserUttered)


class StoredTracker(DialogueStateTracker):
    """A tracker that knows what of it is stored.

    Attributes:
        stored: how many of its events are.
        number: the number of the newest row, 0 before the first.
        before: the slots after the newest row, by name.
    """

    stored: int = 0
    number: int = 0
    before: dict[str, Any]

    def changed_slots(self) -> dict[str, Any]:
        """Return the slots whose values aren't the initial ones."""
        return {slot.name: slot.value for slot in self.slots.values() if slot.value != slot.initial_value}

    def applied_events(self) -> list[Event]:
        """Return the events without those that others undo (see Rasa's class, which asks each event for eight kinds)."""
        if all(type(event) in _PLAIN for event in self.events):
            return list(self.events)
        return list(super().applied_events())

    def past_states(
        self,
        domain: Domain,
        omit_unset_slots: bool = False,
        ignore_rule_only_turns: bool = False,
        rule_only_data: dict[str, Any] | None = None,
    ) -> list[State]:
        """Return the states before each action and now, as the policies read them (see Rasa's class).

        Rasa replays all events into trackers with copies of all slots, four times a turn. Where slots, loops or hidden turns matter it
        still does.
        """
        events = self.applied_events()
        matter = ignore_rule_only_turns or any(slot.has_features() for slot in self.slots.values())
        if matter or not all(type(event) in _PLAIN for event in events):
            return list(super().past_states(domain, omit_unset_slots, ignore_rule_only_turns, rule_only_data))
        states: list[State] = []
        user: Any = {}
        action: Any = {}

        def now() -> State:
            return {kind: part for kind, part in ((USER, user), (PREVIOUS_ACTION, action)) if part}

        for event in events:
            if isinstance(event, ActionExecuted):
                states.append(now())
                action = event.as_sub_state()
            elif isinstance(event, UserUttered):
                # All that the domain reads of a tracker here is its latest message.
                user = domain._get_user_sub_state(SimpleNamespace(latest_message=event))  # type: ignore[arg-type]
        return [*states, now()]

    def copy(self) -> "StoredTracker":
        """Return a tracker with the same events in the same state, which can be changed without changing this one."""
        other = copy.copy(self)
        other.events = self._create_events(list(self.events))
        other.slots = {name: _copied(slot) for name, slot in self.slots.items()}
        other.active_loop = copy.copy(self.active_loop)
        return other


def _copied(slot: Slot) -> Slot:
    """Return a slot like this one; ``copy.copy`` takes four times as long, for each of ten slots."""
    other = object.__new__(type(slot))
    other.__dict__.update(slot.__dict__)
    return other
