from collections.abc import AsyncIterator
from typing import Any

import pytest
from rasa.core.channels.channel import UserMessage
from rasa.core.processor import MessageProcessor
from rasa.shared.core.events import SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from assistant.nlu.readings import CONTEXT_SLOTS, MessageReader
from assistant.speed import processor as speed
from assistant.speed.nlu_workers import NluWorkers
from assistant.speed.processor import ServingProcessor


@pytest.fixture
def understood(loaded: ServingProcessor, monkeypatch) -> list[str]:
    """The texts that went through the pipeline, in place of memory."""
    loaded._parses.clear()
    texts: list[str] = []
    real = MessageProcessor._parse_message_with_graph

    def counted(self: Any, message: UserMessage, *args: Any) -> Any:
        texts.append(message.text)
        return real(self, message, *args)

    monkeypatch.setattr(MessageProcessor, "_parse_message_with_graph", counted)
    return texts


def tracker(loaded: ServingProcessor, **slots: Any) -> DialogueStateTracker:
    made = DialogueStateTracker("someone", loaded.domain.slots)
    for name, value in slots.items():
        made.update(SlotSet(name, value))
    return made


def parse(loaded: ServingProcessor, text: str, **slots: Any) -> dict[str, Any]:
    return loaded._parse_message_with_graph(UserMessage(text, sender_id="someone"), tracker(loaded, **slots))


def test_the_same_message_is_understood_once_and_alike(loaded: ServingProcessor, understood: list[str]) -> None:
    first, second = (parse(loaded, "Is it safe in pregnancy with losec?") for _ in range(2))
    assert understood == ["Is it safe in pregnancy with losec?"]
    assert first == second
    assert first["text"] == "Is it safe in pregnancy with losec?"
    assert [entity["value"] for entity in first["entities"]] == ["safety", "pregnancy", "omeprazole"]


def test_another_context_is_understood_anew(loaded: ServingProcessor, understood: list[str]) -> None:
    for slots in (
        {},
        {"topics": ["common_side_effects"]},
        {"topics": ["pregnancy"]},
        {"offered": ["dosage", "frequency"]},
    ):
        parse(loaded, "how long do they last", **slots)
    assert len(understood) == 4


def test_what_an_action_changes_in_a_parse_is_not_remembered(loaded: ServingProcessor, understood: list[str]) -> None:
    parse(loaded, "tell me about folate")["intent"]["name"] = "spoilt"
    parse(loaded, "tell me about folate")["asked"].append("spoilt")
    again = parse(loaded, "tell me about folate")
    assert again["intent"]["name"] == "folate"
    assert again["asked"] == ["folate"]


def test_nobodys_words_are_remembered(loaded: ServingProcessor, understood: list[str]) -> None:
    parse(loaded, "my name is zebedee and i want to know about folate")
    assert "zebedee" not in str(loaded._parses)


def test_only_so_many_parses_are_remembered(loaded: ServingProcessor, understood: list[str], monkeypatch) -> None:
    monkeypatch.setattr(speed, "MOST_PARSES", 3)
    for number in range(5):
        parse(loaded, f"hello {number}")
    assert len(loaded._parses) == 3
    parse(loaded, "hello 4")
    parse(loaded, "hello 0")
    assert understood[5:] == ["hello 0"]


def test_the_pipeline_reads_nothing_of_the_conversation_but_the_context_slots(loaded: ServingProcessor) -> None:
    nodes = loaded.model_metadata.predict_schema.minimal_graph_schema([loaded.model_metadata.nlu_target]).nodes
    assert [node.uses for node in nodes.values() if "__tracker__" in node.needs.values()] == [MessageReader]

    class OnlySlots:
        """Has nothing but slots, and notes which are read."""

        def __init__(self) -> None:
            self.read: set[str] = set()

        def get_slot(self, name: str) -> None:
            self.read.add(name)

    conversation = OnlySlots()
    message = UserMessage("what about the other one", sender_id="someone")
    MessageProcessor._parse_message_with_graph(loaded, message, conversation)
    assert conversation.read == set(CONTEXT_SLOTS)


def test_no_token_offsets_are_kept(loaded: ServingProcessor) -> None:
    assert "text_tokens" not in parse(loaded, "is b12 in cheese")


@pytest.fixture
async def asked(loaded: ServingProcessor, monkeypatch) -> AsyncIterator[list[str]]:
    """The texts that a worker was asked to understand."""
    loaded._parses.clear()
    loaded.start_workers(1)
    real, texts = NluWorkers.understand, []

    async def counted(self: NluWorkers, text: str, *others: Any) -> bytes | None:
        found = await real(self, text, *others)
        texts.append(text if found else f"{text}: not understood")
        return found

    monkeypatch.setattr(NluWorkers, "understand", counted)
    yield texts
    loaded.stop_workers()
    loaded.workers = None


async def test_a_message_alone_is_understood_without_waking_a_worker(
    loaded: ServingProcessor, asked: list[str], monkeypatch
) -> None:
    monkeypatch.setattr(loaded, "_handled", 1)
    found = await loaded.parse_message(UserMessage("Is it safe in pregnancy?"), tracker(loaded))
    assert found["intent"]["name"] == "pregnancy"
    assert asked == []


@pytest.mark.parametrize(
    "text", ["Is it safe in pregnancy with losec?", "how long do they last", "i can't breathe", "/restart", "!!"]
)
async def test_beside_others_a_worker_understands_it_and_it_means_the_same(
    loaded: ServingProcessor, asked: list[str], monkeypatch, text: str
) -> None:
    context = tracker(loaded, topics=["common_side_effects"])
    alone = await loaded.parse_message(UserMessage(text), context)
    loaded._parses.clear()
    monkeypatch.setattr(loaded, "_handled", 2)
    assert await loaded.parse_message(UserMessage(text), context) == alone
    assert asked == [text]


async def test_what_is_remembered_no_worker_is_asked(loaded: ServingProcessor, asked: list[str], monkeypatch) -> None:
    monkeypatch.setattr(loaded, "_handled", 2)
    for _ in range(2):
        await loaded.parse_message(UserMessage("tell me about folate"), tracker(loaded))
    assert asked == ["tell me about folate"]


async def test_messages_are_counted_while_they_are_handled(loaded: ServingProcessor, monkeypatch) -> None:
    counts: list[int] = []

    async def handled(self: Any, message: UserMessage) -> None:
        counts.append(loaded._handled)
        raise ValueError

    monkeypatch.setattr(MessageProcessor, "handle_message", handled)
    for _ in range(2):
        with pytest.raises(ValueError):
            await loaded.handle_message(UserMessage("hello"))
    assert counts == [1, 1]
