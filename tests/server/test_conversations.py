"""The conversations of ``tests/conversations``, through the real server."""

import os
from pathlib import Path

import pytest

from assistant import paths, yaml_lines

FOLDER = paths.ROOT / "tests" / "conversations"
FILES = sorted(FOLDER.rglob("*.yml"))


@pytest.mark.parametrize("path", FILES, ids=[str(path.relative_to(FOLDER))[:-4] for path in FILES])
def test_the_conversation_goes_as_written(ask, path: Path) -> None:
    sender = os.urandom(8).hex()
    for number, turn in enumerate(yaml_lines.load(path).data, start=1):
        message = ask(turn["say"], sender)
        envelope = message["custom"]
        where = f"turn {number}, '{turn['say']}', got {envelope['kind']} {envelope['topics']}: {message['text'][:200]}"
        kinds = turn["kind"] if isinstance(turn["kind"], list) else [turn["kind"]]
        assert envelope["kind"] in kinds, where
        if "topics" in turn:
            assert envelope["topics"] == turn["topics"], where
        for words in turn.get("text", []):
            assert words in message["text"], where
        for words in turn.get("never", []):
            assert words.lower() not in message["text"].lower(), where
        assert envelope["steer"] in message["text"], where
