"""The questions the server asks itself before it says that it is ready."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from assistant import paths, yaml_lines
from assistant.errors import AssistantError

GOLDEN = paths.DATA / "golden.yml"


async def ask_golden(parse: Callable[[str], Awaitable[dict[str, Any]]], model: Path, golden: Path = GOLDEN) -> int:
    """Ask every golden question and return how many there were.

    Args:
        parse: understands a text and returns Rasa's parse data.
        model: the model's path, for the message.
        golden: the questions.

    Raises:
        AssistantError: one is understood wrongly; a model that is broken, untrained or of other content must not serve.
    """
    questions = yaml_lines.load(golden).data
    for question in questions:
        found = ((await parse(question["text"])).get("intent") or {}).get("name")
        if found != question["intent"]:
            raise AssistantError(
                f"The model {paths.shown(model)} failed its self-test: '{question['text']}' was understood as '{found}', not "
                f"'{question['intent']}' ({paths.shown(golden)}). Train it anew: rm {paths.shown(model)} && make train"
            )
    return len(questions)
