from pathlib import Path

import pytest

from assistant import self_test, yaml_lines
from assistant.errors import AssistantError


async def test_a_model_that_understands_nothing_does_not_serve() -> None:
    async def parse(text: str) -> dict:
        return {"intent": {"name": None, "confidence": 0.0}}

    with pytest.raises(AssistantError, match=r"models/x\.tar\.gz failed its self-test.*golden\.yml.*make train"):
        await self_test.ask_golden(parse, Path("models/x.tar.gz"))


async def test_every_golden_question_is_asked() -> None:
    asked = []
    answers = {item["text"]: item["intent"] for item in yaml_lines.load(self_test.GOLDEN).data}

    async def parse(text: str) -> dict:
        asked.append(text)
        return {"intent": {"name": answers[text]}}

    assert await self_test.ask_golden(parse, Path("x")) == len(asked) == len(answers) >= 12
