"""Rasa's message processor with the ordered graph runner, workers that understand, a memory of recent parses, and parse data cut to what is
used."""

import hashlib
import json
import pickle
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rasa.core.channels.channel import UserMessage
from rasa.core.processor import MessageProcessor
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.storage import ModelMetadata
from rasa.shared.core.trackers import DialogueStateTracker

from assistant.nlu.english import plain
from assistant.nlu.readings import CONTEXT_SLOTS
from assistant.speed.graph_runner import OrderedGraphRunner
from assistant.speed.nlu_workers import NluWorkers

# Parses that are remembered, some 2 kB each: a button's text is the same for everybody who presses it.
MOST_PARSES = 500
# Nobody reads where Rasa's tokens begin and end, and each message is kept with its parse data; the text is put back.
_UNUSED = ("text_tokens", "text")


class ServingProcessor(MessageProcessor):
    """Handles messages as Rasa's does; the same message in the same context is understood once.

    Attributes:
        workers: the processes that understand messages beside this one, if there are any.
    """

    @staticmethod
    def _load_model(model_path: str | Path) -> tuple[str, ModelMetadata, GraphRunner]:
        name, metadata, runner = MessageProcessor._load_model(model_path)
        return name, metadata, OrderedGraphRunner(metadata.predict_schema, runner._instantiated_nodes)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._parses: OrderedDict[str, bytes] = OrderedDict()
        self._handled = 0
        self.workers: NluWorkers | None = None
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
        """Understand a message as Rasa does; if there are others, a worker understands it and they go on meanwhile.

        A message that is alone is understood here: to wake another process, and to be woken by it, takes longer than it saves.
        """
        if self.workers and self._handled > 1 and tracker and only_output_properties and not self.http_interpreter:
            text, context = message.text or "", _context(tracker)
            if _key(text, context) not in self._parses:
                found = await self.workers.understand(text, context, self._handled)
                if found:
                    self._remember(_key(text, context), found)
        return await super().parse_message(message, tracker, only_output_properties)

    def start_workers(self, count: int) -> None:
        """Have messages understood by so many further processes as well, where others are being handled."""
        if count:
            self.workers = NluWorkers(self._understood, count)
            self.workers.start()

    def stop_workers(self) -> None:
        """Let the further processes go, once they have answered what they were asked."""
        if self.workers:
            self.workers.close()

    def _parse_message_with_graph(
        self, message: UserMessage, tracker: DialogueStateTracker, only_output_properties: bool = True
    ) -> dict[str, Any]:
        """Return the parse data of a message; those of ``only_output_properties=False`` are for debugging and never remembered."""
        if not only_output_properties:
            return super()._parse_message_with_graph(message, tracker, only_output_properties)
        text, context = message.text or "", _context(tracker)
        key = _key(text, context)
        if key in self._parses:
            self._parses.move_to_end(key)
        else:
            self._remember(key, self._understood(text, context))
        return {"text": plain(text), **pickle.loads(self._parses[key])}  # noqa: S301 (our own)

    def _understood(self, text: str, context: Sequence[Any]) -> bytes:
        """Return the parse data of a text without the text, pickled: a copy in depth would take longer.

        The text isn't remembered: nobody's words outlive their turn here.
        """
        parsed = super()._parse_message_with_graph(UserMessage(text), _Slots(context))  # type: ignore[arg-type]
        return pickle.dumps({name: value for name, value in parsed.items() if name not in _UNUSED})

    def _remember(self, key: str, parsed: bytes) -> None:
        self._parses[key] = parsed
        if len(self._parses) > MOST_PARSES:
            self._parses.popitem(last=False)


class _Slots:
    """What the pipeline reads of a conversation."""

    def __init__(self, values: Sequence[Any]) -> None:
        self._values = dict(zip(CONTEXT_SLOTS, values, strict=True))

    def get_slot(self, name: str) -> Any:
        return self._values[name]


def _context(tracker: DialogueStateTracker) -> list[Any]:
    return [tracker.get_slot(name) for name in CONTEXT_SLOTS]


def _key(text: str, context: list[Any]) -> str:
    """Return what stands for a message in its context; the words can't be read from it."""
    return hashlib.sha256(json.dumps([text, context]).encode()).hexdigest()
