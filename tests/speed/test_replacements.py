"""Each replacement gives what Rasa's own code gives, and that code is still the one that it was written for."""

import ast
import hashlib
import inspect
import json
from collections.abc import Callable
from typing import Any

import pytest
import rasa
import rasa.core.policies.rule_policy as rule_policy_module
import rasa.core.processor as processor_module
from jsonschema import Draft7Validator, ValidationError
from rasa.core.actions.action import RemoteAction
from rasa.core.policies.rule_policy import RulePolicy
from rasa.core.processor import MessageProcessor
from rasa.engine.graph import GraphNode
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.utils.common import all_subclasses

from assistant.speed import replacements
from assistant.speed.processor import ServingProcessor

# Fingerprints of the code in Rasa that is replaced or relied upon. If one differs, read what changed, then write the new one here.
READ_IN_RASA = {
    "RemoteAction._validate_action_result": "b6cd4cd8707c",
    "RulePolicy._get_possible_keys": "79e1527854e5",
    "RulePolicy._is_rule_applicable": "4c112a20a47f",
    "RulePolicy._does_rule_match_state": "7ef0cce752bd",
    "RulePolicy._find_action_from_rules": "433f6a9d6084",
    "RulePolicy._predict": "7b79d4487357",
    "DialogueStateTracker.generate_all_prior_trackers": "6902e4de7b92",
    "DialogueStateTracker.travel_back_in_time": "4dc914cd9428",
    "Domain.states_for_tracker_history": "b4913454c880",
    "Domain.get_active_state": "7907da3961e6",
    "Domain._get_user_sub_state": "f6926cd81745",
    "Domain.is_empty": "3ad1263bc1d1",
    "Event.resolve_by_type": "729eef3a4e29",
    "MessageProcessor._parse_message_with_graph": "36d3d83df773",
    "MessageProcessor._load_model": "55e6eb0e8c23",
    "DaskGraphRunner.run": "c454898e3687",
    "GraphNode.__call__": "1d3b6e6b6e4c",
}


def source_of(name: str) -> str:
    """Read from the class's file: by the time a test runs, the method may be replaced."""
    owners = (
        RemoteAction,
        RulePolicy,
        DialogueStateTracker,
        Domain,
        Event,
        MessageProcessor,
        DaskGraphRunner,
        GraphNode,
    )
    owner = next(each for each in owners if each.__name__ == name.split(".")[0])
    tree = ast.parse(inspect.getsource(inspect.getmodule(owner)))
    found = next(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == owner.__name__)
    method = next(
        node
        for node in found.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name.split(".")[1]
    )
    return ast.unparse(method)


@pytest.mark.parametrize("name", READ_IN_RASA)
def test_rasas_code_is_the_one_that_was_replaced(name: str) -> None:
    assert rasa.__version__ == "3.6.21"
    assert hashlib.sha256(source_of(name).encode()).hexdigest()[:12] == READ_IN_RASA[name], source_of(name)


@pytest.mark.parametrize("module", [processor_module, rule_policy_module])
def test_rasa_copies_in_depth_only_for_its_log(module: Any) -> None:
    tree = ast.parse(inspect.getsource(module))
    logged = [
        inner
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "structlogger.debug"
        for inner in ast.walk(call)
    ]
    uses = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == "copy"]
    assert uses
    assert all(node in logged for node in uses)


def states_of(action: str, intent: str) -> list[dict[str, Any]]:
    return [{"prev_action": {"action_name": action}, "user": {"intent": intent}}]


@pytest.fixture
def policy() -> RulePolicy:
    made = RulePolicy.__new__(RulePolicy)
    listen, answer = {"prev_action": {"action_name": "action_listen"}}, {"prev_action": {"action_name": "answer"}}
    rules = {
        json.dumps([{**listen, "user": {"intent": "a"}}]): "answer",
        json.dumps([{**listen, "user": {"intent": "a"}}, {**answer, "user": {"intent": "a"}}]): "action_listen",
        json.dumps([{**listen, "user": {"intent": "b"}}]): "other",
        json.dumps([{**listen, "user": {"intent": "b"}, "slots": {"s": "should_not_be_set"}}]): "unset",
        json.dumps([{**listen}]): "anything",
        json.dumps([{"user": {"intent": "a"}}]): "at the start",
        json.dumps([{**listen, "user": {"text": "hello"}}]): "by text",
        json.dumps([{**listen, "user": {"intent": "should_not_be_set"}}]): "without intent",
    }
    made.lookup = {"rules": rules}
    return made


HISTORIES = [
    [],
    [{}],
    [{"user": {"intent": "a"}}],
    states_of("action_listen", "a"),
    states_of("action_listen", "b"),
    states_of("action_listen", "unknown"),
    states_of("action_listen", "a") + states_of("answer", "a"),
    states_of("action_listen", "b") + states_of("answer", "a"),
    [{"prev_action": {"action_name": "action_listen"}, "user": {"text": "hello"}}],
    [{"prev_action": {"action_name": "action_listen"}}],
    [{**states_of("action_listen", "b")[0], "slots": {"s": (1.0,)}}],
    states_of("action_listen", "a") * 3 + states_of("answer", "b"),
]


@pytest.mark.parametrize("history", HISTORIES, ids=str)
def test_the_same_rules_fit(policy: RulePolicy, history: list[dict[str, Any]]) -> None:
    rules = policy.lookup["rules"]
    assert replacements._possible_keys(policy, rules, history) == replacements._rasas_possible_keys(
        policy, rules, history
    )


def test_every_rule_of_the_model_is_found_in_its_place(loaded: ServingProcessor) -> None:
    (policy,) = [
        node._component for node in loaded.graph_runner._nodes.values() if isinstance(node._component, RulePolicy)
    ]
    rules = policy.lookup["rules"]
    assert len(rules) > 100
    for key in rules:
        states = policy._rule_key_to_state(key)
        found = replacements._possible_keys(policy, rules, states)
        assert key in found
        assert found == replacements._rasas_possible_keys(policy, rules, states)


def test_each_kind_of_event_is_found_by_its_name() -> None:
    for kind in all_subclasses(Event):
        assert replacements._resolve(kind.type_name) is replacements._rasas_resolve(kind.type_name)
    assert replacements._resolve("topic") is None
    assert replacements._resolve("unheard of", SlotSet) is SlotSet
    with pytest.raises(ValueError, match="unheard of"):
        replacements._resolve("unheard of")


def check(result: Any) -> Callable[[], bool]:
    return lambda: replacements._validate_action_result(RemoteAction("action_converse", None), result)


def test_a_whole_result_of_an_action_is_accepted() -> None:
    slot = {"event": "slot", "timestamp": None, "name": "topics", "value": ["frequency"]}
    assert check({"events": [slot], "responses": [{"text": "hello", "custom": {}}]})()


EVENTS = [
    {"event": "slot", "name": "topics", "value": None, "timestamp": 1.0, "metadata": {}},
    {
        "event": "user",
        "text": "words",
        "parse_data": {"intent": {"name": "frequency", "confidence": 1}, "entities": []},
    },
    {"event": "action", "name": "action_answer", "policy": None, "confidence": None},
    {"event": "bot", "text": "hello"},
    {"event": "followup", "name": "action_listen"},
    {"event": "entities", "entities": [{"entity": "group", "value": "children"}]},
    {"event": "session_started"},
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event["event"])
def test_each_kind_of_event_is_accepted_as_jsonschema_accepts_it(event: dict[str, Any]) -> None:
    result = {"events": [event], "responses": []}
    Draft7Validator(RemoteAction.action_response_format_spec()).validate(result)
    assert check(result)()


@pytest.mark.parametrize(
    "result",
    [
        {"events": [{"event": "slot"}], "responses": []},
        {"events": [], "responses": "none"},
        {"events": [{"event": "unheard of"}], "responses": []},
        {"events": [{"event": ["slot"]}], "responses": []},
        {"events": [{"name": "topics", "value": None}], "responses": []},
        {"events": ["slot"], "responses": []},
        {"events": [{"event": "slot", "name": "topics", "value": 1, "timestamp": "now"}], "responses": []},
        {"events": [{"event": "user", "text": 1}], "responses": []},
        {"events": {}, "responses": []},
        [],
    ],
)
def test_a_malformed_result_is_refused_in_jsonschemas_words(result: Any) -> None:
    with pytest.raises(ValidationError):
        check(result)()


def test_without_a_rule_that_asks_for_words_none_is_looked_for_by_them(loaded: ServingProcessor) -> None:
    (policy,) = [
        node._component for node in loaded.graph_runner._nodes.values() if isinstance(node._component, RulePolicy)
    ]
    for intent in ("frequency", "emergency", "greet", "unheard_of"):
        tracker = DialogueStateTracker("somebody", loaded.domain.slots)
        for event in (ActionExecuted("action_listen"), UserUttered("words", {"name": intent, "confidence": 1.0})):
            tracker.update(event)
        for by_text in (True, False):
            ours = replacements._find_action_from_rules(policy, tracker, loaded.domain, by_text)
            rasas = replacements._rasas_find(policy, tracker, loaded.domain, by_text)
            # What was looked at is only read where an action was found.
            assert (ours[0], ours[2]) == (rasas[0], rasas[2])
            assert ours[0] is None or ours[1] == rasas[1]
