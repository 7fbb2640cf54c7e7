"""Replaces five things in Rasa 3.6.21 by ones that give the same faster.

The tests compare each with Rasa's own and pin the source that it was written for: another version of Rasa may do something else
there, and then they fail.
"""

from collections.abc import Callable
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

import fastjsonschema
import rasa.core.policies.rule_policy as rule_policy_module
import rasa.core.processor as processor_module
from jsonschema import Draft7Validator
from rasa.core.actions.action import RemoteAction
from rasa.core.policies.rule_policy import RULES, RulePolicy
from rasa.shared.core.constants import PREVIOUS_ACTION, SHOULD_NOT_BE_SET, USER
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ACTION_NAME, INTENT
from rasa.shared.utils.common import all_subclasses

# A rule's last state as far as it is looked up: the action before, and the intent of the message.
_Place = tuple[str, str]
_rasas_possible_keys = RulePolicy._get_possible_keys
_rasas_find = RulePolicy._find_action_from_rules
_rasas_resolve = Event.resolve_by_type


def replace() -> None:
    """Put all replacements in place; calling it again changes nothing."""
    RemoteAction._validate_action_result = _validate_action_result
    RulePolicy._get_possible_keys = _possible_keys
    RulePolicy._find_action_from_rules = _find_action_from_rules
    Event.resolve_by_type = staticmethod(_resolve)
    # Rasa copies events and states in depth for debug messages at every turn, whether or not these are logged.
    for module in (processor_module, rule_policy_module):
        module.copy = SimpleNamespace(deepcopy=lambda value: value)  # type: ignore[assignment]


def _validate_action_result(self: RemoteAction, result: dict[str, Any]) -> bool:
    """Check an action's result with validators compiled once.

    Rasa calls ``jsonschema.validate``, which checks the schema itself against its meta-schema at every action; that is most of a
    turn of stock Rasa (RasaHQ/rasa issue 11717). The schema then tries each event as each of 21 kinds; an event names its kind, so
    one is enough. What is refused is refused in jsonschema's words.
    """
    try:
        _around_events()(result)
        for event in result.get("events", ()):
            _of_kind(event["event"])(event)
    except (fastjsonschema.JsonSchemaException, KeyError, TypeError):
        Draft7Validator(RemoteAction.action_response_format_spec()).validate(result)
        raise
    return True


def _schemas() -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Return the schema of what is around the events, that of every event, and what each kind has beyond that."""
    schema = RemoteAction.action_response_format_spec()
    events = schema["properties"]["events"]
    event = {**events["items"]}
    kinds = {kind["properties"]["event"]["const"]: kind for kind in event.pop("oneOf")}
    around = {**schema, "properties": {**schema["properties"], "events": {**events, "items": {"type": "object"}}}}
    return around, event, kinds


@lru_cache(maxsize=1)
def _around_events() -> Callable[[Any], Any]:
    return fastjsonschema.compile(_schemas()[0])


@lru_cache(maxsize=50)
def _of_kind(kind: str) -> Callable[[Any], Any]:
    """Return the check of events of one kind; few kinds ever come. Raises KeyError for an unknown kind."""
    _, event, kinds = _schemas()
    return fastjsonschema.compile({"allOf": [event, kinds[kind]]})


def _possible_keys(self: RulePolicy, lookup: dict[str, str], states: list[dict[str, Any]]) -> set[str]:
    """Return the rules that fit the states. Rasa tries every rule; here only those that end where the conversation is."""
    if not states:
        return _rasas_possible_keys(self, lookup, states)
    by_place, elsewhere = _rules_by_place(self, lookup)
    near = [*by_place.get(_place(states[-1]), ()), *elsewhere]
    return _rasas_possible_keys(self, {key: lookup[key] for key in near}, states)


def _find_action_from_rules(
    self: RulePolicy, tracker: DialogueStateTracker, domain: Domain, use_text_for_last_user_input: bool
) -> tuple[str | None, str | None, bool]:
    """Return what the rules say. Rasa looks for rules by the message's text first; where every rule asks for an intent, none fits."""
    if use_text_for_last_user_input and not tracker.active_loop_name:
        _, elsewhere = _rules_by_place(self, self.lookup[RULES])
        if not elsewhere:
            return None, None, False
    return _rasas_find(self, tracker, domain, use_text_for_last_user_input)


def _rules_by_place(policy: RulePolicy, lookup: dict[str, str]) -> tuple[dict[_Place, list[str]], list[str]]:
    """Return the rules by the place that their last state asks for, and those that don't ask for one."""
    kept: dict[Any, Any] = policy.__dict__.setdefault("_rules_by_place", {})
    which = (id(lookup), len(lookup))
    if which not in kept:
        by_place: dict[_Place, list[str]] = {}
        elsewhere: list[str] = []
        for key in lookup:
            place = _place(policy._rule_key_to_state(key)[-1])
            asks = all(place) and SHOULD_NOT_BE_SET not in place
            (by_place.setdefault(place, []) if asks else elsewhere).append(key)
        kept[which] = by_place, elsewhere
    return kept[which]


def _place(state: dict[str, Any]) -> _Place:
    return (state.get(PREVIOUS_ACTION, {}).get(ACTION_NAME) or "", state.get(USER, {}).get(INTENT) or "")


def _resolve(type_name: str, default: type[Event] | None = None) -> type[Event] | None:
    """Return the class of an event. Rasa walks through all classes for every event that it reads."""
    return _event_classes().get(type_name) or _rasas_resolve(type_name, default)


@lru_cache(maxsize=1)
def _event_classes() -> dict[str, type[Event]]:
    # The first class of a name wins, as in Rasa's own walk.
    return {kind.type_name: kind for kind in reversed(all_subclasses(Event))}
