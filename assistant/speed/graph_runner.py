"""Runs a trained graph node by node, in an order that is found once.

Rasa's runner builds a new Dask graph at each run, and Dask schedules it for threads that it doesn't use: 2 ms of a turn, which
runs the graph three times.
"""

from collections.abc import Callable
from typing import Any

from rasa.engine.exceptions import GraphRunError
from rasa.engine.graph import ExecutionContext, GraphNode, GraphNodeHook, GraphSchema
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.storage import ModelStorage


class OrderedGraphRunner(GraphRunner):
    """A runner for a graph that doesn't change after it was loaded."""

    def __init__(self, schema: GraphSchema, nodes: dict[str, GraphNode]) -> None:
        """``nodes``: the schema's nodes by name, instantiated."""
        self._schema, self._nodes = schema, nodes
        self._orders: dict[tuple[str, ...], list[tuple[str, Callable[..., Any], list[str]]]] = {}

    @classmethod
    def create(
        cls,
        graph_schema: GraphSchema,
        model_storage: ModelStorage,
        execution_context: ExecutionContext,
        hooks: list[GraphNodeHook] | None = None,
    ) -> "OrderedGraphRunner":
        """Load the graph's nodes as Rasa's runner does."""
        loaded = DaskGraphRunner.create(graph_schema, model_storage, execution_context, hooks)
        return cls(graph_schema, loaded._instantiated_nodes)

    def run(self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
        """Run the nodes that the targets need, and return the targets' outputs by name.

        Args:
            inputs: what nodes get from outside, by placeholder.
            targets: the nodes whose output is wanted, by default the schema's own.

        Raises:
            GraphRunError: an input has a node's name, or a node needs something that is neither a node nor an input.
        """
        wanted = tuple(targets or self._schema.target_names)
        outputs: dict[str, Any] = dict(inputs or {})
        if clash := outputs.keys() & self._nodes.keys():
            raise GraphRunError(f"The input '{min(clash)}' has the name of a node.")
        if wanted not in self._orders:
            self._orders[wanted] = self._order(wanted)
        for name, node, parents in self._orders[wanted]:
            try:
                given = [(parent, outputs[parent]) for parent in parents]
            except KeyError as missing:
                raise GraphRunError(f"The node '{name}' needs the input {missing}.") from None
            outputs[name] = node(*given)[1]
        return {name: outputs[name] for name in wanted}

    def _order(self, targets: tuple[str, ...]) -> list[tuple[str, Callable[..., Any], list[str]]]:
        """Return the nodes that the targets need, each behind those that it needs."""
        order: dict[str, tuple[str, Callable[..., Any], list[str]]] = {}

        def visit(name: str) -> None:
            if name in order or name not in self._schema.nodes:
                return
            parents = list(dict.fromkeys(self._schema.nodes[name].needs.values()))
            for parent in parents:
                visit(parent)
            order[name] = (name, self._nodes[name], parents)

        for target in targets:
            visit(target)
        return list(order.values())
