from typing import Any

import pytest
from rasa.core.channels.channel import UserMessage
from rasa.engine.exceptions import GraphRunError
from rasa.engine.graph import GraphSchema, SchemaNode
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.trackers import DialogueStateTracker

from assistant.speed.graph_runner import OrderedGraphRunner
from assistant.speed.processor import ServingProcessor


def schema(**needs: dict[str, str]) -> GraphSchema:
    return GraphSchema(
        {name: SchemaNode(needed, type, "run", "load", {}, is_target=name == "last") for name, needed in needs.items()}
    )


def runner(calls: list[str], **needs: dict[str, str]) -> OrderedGraphRunner:
    def node(name: str) -> Any:
        def run(*given: tuple[str, Any]) -> tuple[str, Any]:
            calls.append(name)
            return name, {name: dict(given)}

        return run

    return OrderedGraphRunner(schema(**needs), {name: node(name) for name in needs})


def test_each_node_runs_once_behind_those_it_needs() -> None:
    calls: list[str] = []
    found = runner(
        calls,
        last={"one": "left", "two": "right", "again": "left"},
        right={"it": "first"},
        left={"it": "first", "from": "__message__"},
        first={},
        unneeded={},
    ).run({"__message__": "hello"})
    assert calls == ["first", "left", "right", "last"]
    assert found["last"]["last"]["left"] == {"left": {"first": {"first": {}}, "__message__": "hello"}}


def test_only_what_the_targets_need_runs() -> None:
    calls: list[str] = []
    made = runner(calls, last={"it": "first"}, first={}, other={"it": "first"})
    assert made.run(targets=["other"]) == {"other": {"other": {"first": {"first": {}}}}}
    assert made.run(targets=["first"]) == {"first": {"first": {}}}
    assert calls == ["first", "other", "first"]


def test_a_missing_input_is_named() -> None:
    with pytest.raises(GraphRunError, match="'first' needs the input '__message__'"):
        runner([], last={"it": "first"}, first={"from": "__message__"}).run()


def test_an_input_with_a_nodes_name_is_refused() -> None:
    with pytest.raises(GraphRunError, match="'first' has the name of a node"):
        runner([], last={"it": "first"}, first={}).run({"first": 1})


@pytest.mark.parametrize("text", ["does it hurt", "i can't breathe", "", "/restart", "wie oft"])
def test_a_message_is_understood_as_by_rasas_runner(loaded: ServingProcessor, text: str) -> None:
    rasas = DaskGraphRunner.__new__(DaskGraphRunner)
    rasas._graph_schema = loaded.model_metadata.predict_schema
    rasas._instantiated_nodes = loaded.graph_runner._nodes
    rasas._execution_context = None
    target = loaded.model_metadata.nlu_target
    found = []
    for each in (loaded.graph_runner, rasas):
        tracker = DialogueStateTracker("someone", loaded.domain.slots)
        message = UserMessage(text, sender_id="someone", message_id="one")
        (parsed,) = each.run({"__message__": [message], "__tracker__": tracker}, [target])[target]
        found.append(parsed.as_dict(only_output_properties=True))
    assert found[0] == found[1]
