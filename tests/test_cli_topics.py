"""A topic's name is completed in the shell."""

import os
import subprocess
import sys
from pathlib import Path

from assistant.cli_topics import complete_topic
from assistant.guidance import library


def test_topics_that_begin_so_come_with_their_titles() -> None:
    cards = library.load().cards
    assert complete_topic("stor") == [("storage_and_travel", cards["storage_and_travel"].title)]
    assert dict(complete_topic("")) == {topic: card.title for topic, card in cards.items()}
    assert complete_topic("no_such") == [] and complete_topic("../") == [] and complete_topic("*") == []


def test_the_shell_completes_commands() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("b12")],
        env={**os.environ, "_B12_COMPLETE": "complete_bash", "COMP_WORDS": "b12 doc", "COMP_CWORD": "1"},
        capture_output=True,
        text=True,
        timeout=10,
    )
    assert done.stdout.split() == ["doctor"]
