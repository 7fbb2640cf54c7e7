"""Rasa's message processor with the ordered graph runner, a memory of recent parses, and parse data cut to what is used."""

import hashlib
import json
import pickle
from collections import OrderedDict
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from rasa.core.channels.channel import UserMessage
from rasa.core.processor import MessageProcessor
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.storage import ModelMetadata
from rasa.shared.core.trackers import DialogueStateTracker

from assistant.nlu import aside
from assistant.nlu.english import plain
from assistant.nlu.readings import CONTEXT_SLOTS
from assistant.speed.graph_runner import OrderedGraphRunner

# Parses that are remembered, some 2 kB each: a button's text is the same for everybody who presses it.
MOST_PARSES = 500
# Nobody reads where Rasa's tokens begin and end, and each message is kept with its parse data.
_UNUSED = ("text_tokens",)


class ServingProcessor(MessageProcessor):
    """Handles messages as Rasa's does; the same message in the same context is understood once."""

    @staticmethod
    def _load_model(model_path: str | Path) -> tuple[str, ModelMetadata, GraphRunner]:
        name, metadata, runner = MessageProcessor._load_model(model_path)
        return name, metadata, OrderedGraphRunner(metadata.predict_schema, runner._instantiated_nodes)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._parses: OrderedDict[str, bytes] = OrderedDict()
        self._handled = 0
        super().__init__(*args, **kwargs)
        # Rasa asks at each message, and makes an empty domain each time to compare with.
        empty = self.domain.is_empty()
        self.domain.is_empty = lambda: empty  # type: ignore[method-assign]

    async def handle_message(self, message: UserMessage) -> list[dict[str, Any]] | None:
        """Handle a message as Rasa does, and count those that are being handled."""
        self._handled += 1
        try:
            return await super().handle_message(message)
        finally:
            self._handled -= 1

    async def parse_message(
        self, message: UserMessage, tracker: DialogueStateTracker | None = None, only_output_properties: bool = True
    ) -> dict[str, Any]:
        """Understand a message as Rasa does; if there are others, they go on while the encoder works.

        Where there are none it works in this thread: to wake another, and to be woken by it, takes some milliseconds.
        """
        parsing = super().parse_message(message, tracker, only_output_properties)
        if self._handled < 2 or self.http_interpreter:
            return await parsing
        return await aside.run(_completed, parsing)

    def _parse_message_with_graph(
        self, message: UserMessage, tracker: DialogueStateTracker, only_output_properties: bool = True
    ) -> dict[str, Any]:
        """Return the parse data of a message; those of ``only_output_properties=False`` are for debugging and never remembered."""
        if not only_output_properties:
            return super()._parse_message_with_graph(message, tracker, only_output_properties)
        key = _key(message.text or "", [tracker.get_slot(name) for name in CONTEXT_SLOTS])
        if key in self._parses:
            self._parses.move_to_end(key)
            return {"text": plain(message.text or ""), **pickle.loads(self._parses[key])}  # noqa: S301 (our own)
        parsed = super()._parse_message_with_graph(message, tracker)
        for name in _UNUSED:
            parsed.pop(name, None)
        # The text isn't remembered: nobody's words outlive their turn here. Pickled, since a copy in depth takes longer.
        self._parses[key] = pickle.dumps({name: value for name, value in parsed.items() if name != "text"})
        if len(self._parses) > MOST_PARSES:
            self._parses.popitem(last=False)
        return parsed


def _completed(parsing: Coroutine[Any, Any, dict[str, Any]]) -> dict[str, Any]:
    """Return the result of a coroutine that awaits nothing, as Rasa's does where no other server understands."""
    try:
        parsing.send(None)
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return]
    raise RuntimeError("Rasa's parse_message awaits something")


def _key(text: str, context: list[Any]) -> str:
    """Return what stands for a message in its context; the words can't be read from it."""
    return hashlib.sha256(json.dumps([text, context]).encode()).hexdigest()
