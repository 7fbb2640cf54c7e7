"""The conversations of ``tests/conversations``, through the real server.

A file is a list of turns. ``say``: the message. ``kind``: the reply's kind, or a list of those that will do. ``topics``: its topics.
``urgency``: its urgency. ``text``: words that stand in it; ``once``: those that stand in it once; ``never``: words that don't.
``steer``: words of its steer.
"""

import os
from pathlib import Path

import pytest

from assistant import paths, yaml_lines

FOLDER = paths.ROOT / "tests" / "conversations"
FILES = sorted(FOLDER.rglob("*.yml"))
KEYS = {"say", "kind", "topics", "urgency", "text", "once", "never", "steer"}
# Who asks for an offer once more gets it once more, and who says "both" of three is asked which.
REPEATS = {"say that again", "both"}


@pytest.mark.parametrize("path", FILES, ids=[str(path.relative_to(FOLDER))[:-4] for path in FILES])
def test_the_conversation_goes_as_written(ask, path: Path) -> None:
    sender = os.urandom(8).hex()
    offers: list[list[str]] = []
    for number, turn in enumerate(yaml_lines.load(path).data, start=1):
        assert {"say", "kind"} <= set(turn) <= KEYS, f"turn {number} has the keys {sorted(turn)}"
        message = ask(turn["say"], sender)
        envelope = message["custom"]
        where = f"turn {number}, '{turn['say']}', got {envelope['kind']} {envelope['topics']}: {message['text'][:200]}"
        kinds = turn["kind"] if isinstance(turn["kind"], list) else [turn["kind"]]
        assert envelope["kind"] in kinds, where
        if "topics" in turn:
            assert envelope["topics"] == turn["topics"], where
        if "urgency" in turn:
            assert envelope["urgency"] == turn["urgency"], where
        for words in turn.get("text", []):
            assert words in message["text"], where
        for words in turn.get("once", []):
            assert message["text"].count(words) == 1, where
        for words in turn.get("never", []):
            assert words.lower() not in message["text"].lower(), where
        for words in turn.get("steer", []):
            assert words in envelope["steer"], where
        assert envelope["steer"] in message["text"], where
        if envelope["kind"] == "clarify" and turn["say"] not in REPEATS:
            assert sorted(envelope["options"]) not in offers, f"the same offer again: {where}"
            offers.append(sorted(envelope["options"]))


def test_there_are_enough_conversations_of_several_turns() -> None:
    assert sum(len(yaml_lines.load(path).data) >= 2 for path in FILES) >= 80
