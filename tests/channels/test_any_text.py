"""For any text at all: one reply of a known kind, with its steer, in time, holding reviewed sentences only."""

import asyncio
import os
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant import reply
from assistant.channels.turn import LONGEST_TURN_SECONDS, take_turn
from assistant.server import load_agent

KINDS = {"answer", "clarify", "out_of_scope", "emergency", "crisis", "conversation", "failed"}
# Letters of any script, and pieces that mean something to the assistant, its parts or a browser.
PIECES = [
    "b12", "injection", "how often", "does it hurt", "side effects", "and", "?", "cant breathe", "no", "can it cause", "ten years ago",
    "kill myself", "my mum", "numb feet", "tell me more", "/restart", "/greet", "{}", "{emergency}", "{{", "<b>", "</script>", "**", "\n\n",
    "' OR 1=1", "\x00", "\u202e", "\u200b", "😀", "ß", "ﷺ", "%s", "${x}", "1000 mcg", "none of these", "2", "start again",
]  # fmt: skip
TEXTS = st.one_of(
    st.text(max_size=200), st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join), st.sampled_from(["a" * 1000, "chest " * 160])
)  # fmt: skip


@pytest.fixture(scope="module")
def loop():
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


@pytest.fixture(scope="module")
def agent(model: Path, loop):
    return loop.run_until_complete(load_agent(model))


@pytest.fixture(scope="module")
def reviewed() -> set[str]:
    """Every sentence that a card or a fixed text may put into a reply."""
    said = reply.texts()
    whole = [reply.answer([topic], version=version).text for topic in said.library.cards for version in ("short", "more", "simple")]  # fmt: skip
    whole += [said.fill(text) for text in said.fixed.steers.values()]
    whole += [said.fill(fixed.text) for fixed in [*said.fixed.replies.values(), *said.fixed.out_of_scope.values()]]
    whole += [hazard.help for hazard in said.hazards.values() if hazard.help]
    whole += [
        reply.same_day(name, reply.decline()).steer
        for name, hazard in said.hazards.items()
        if hazard.urgency == "same_day"
    ]
    whole += [reply.show_sources([topic]).text for topic in said.library.cards]
    whole += [said.fill(text) for text in said.fixed.languages.values()]
    whole += [str(entity.note) for _, entity in said.entities if entity.note]
    whole += [
        said.fixed.replies["unknown_medicine"].text.replace("{medicine}", entity.name)
        for kind, entity in said.entities
        if kind == "medicine"
    ]
    whole.append(str(said.fixed.replies["ask_back"].none_of_these))
    return {sentence for text in whole for line in text.split("\n") for sentence in sentences(line)}


def sentences(line: str) -> list[str]:
    """A line's sentences without its number in a list and its region."""
    return re.split(r"(?<=[.!?])\s+", re.sub(r"^(\d+\. |In the U[KS]: )", "", line))


# How long one takes doesn't decide; that it ends within a turn's limit does, and that limit ends it in the failed reply.
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(texts=st.lists(TEXTS, min_size=1, max_size=3))
def test_any_text_gets_a_reviewed_reply_with_its_steer(agent, loop, reviewed: set[str], texts: list[str]) -> None:
    sender = os.urandom(8).hex()
    for text in texts:
        message = loop.run_until_complete(
            asyncio.wait_for(take_turn(agent.handle_message, text, sender, "test"), LONGEST_TURN_SECONDS + 1)
        )
        envelope = message["custom"]
        assert envelope["kind"] in KINDS - {"failed"}, text
        assert envelope["steer"] in message["text"]
        for line in message["text"].split("\n"):
            assert set(sentences(line)) <= reviewed, (text, line)


@pytest.mark.parametrize("intent", ["no_such_intent", "ask_backwards"])
def test_a_turn_that_no_rule_matches_ends_in_the_failed_reply(agent, loop, intent: str) -> None:
    async def handle(message):
        message.parse_data = {"text": message.text, "intent": {"name": intent, "confidence": 1.0}, "entities": []}
        await agent.handle_message(message)

    message = loop.run_until_complete(take_turn(handle, "anything", os.urandom(8).hex(), "test"))
    assert message["custom"]["kind"] == "failed"
    assert message["custom"]["steer"] in message["text"]


def test_a_card_that_is_gone_ends_in_the_failed_reply(agent, loop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(reply.texts().library.cards, "frequency")
    message = loop.run_until_complete(
        take_turn(agent.handle_message, "how often are b12 injections given?", os.urandom(8).hex(), "test")
    )
    assert message["custom"]["kind"] == "failed"
    assert message["custom"]["steer"] in message["text"]
