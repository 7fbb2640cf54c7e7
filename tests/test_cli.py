import os
import subprocess
import sys

import pytest

from assistant import paths


def b12(*arguments: str, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "assistant.cli", *arguments],
        capture_output=True,
        text=True,
        cwd=paths.ROOT,
        env=environment,
    )


@pytest.mark.parametrize(
    "command", ["serve", "train", "chat", "check", "topics", "evaluate", "telegram", "report", "refused", "learn"]
)
def test_every_command_explains_itself(command: str) -> None:
    result = b12(command, "--help")
    assert result.returncode == 0
    assert "Usage" in result.stdout


def test_a_model_that_is_not_there_is_one_clear_line() -> None:
    result = b12("serve", "--model", "models/gone.tar.gz")
    assert result.returncode == 1
    assert "There is no model models/gone.tar.gz" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({}, "Set TELEGRAM_BOT_TOKEN"),
        ({"TELEGRAM_BOT_TOKEN": "x"}, "is not a bot's token"),
        ({"TELEGRAM_BOT_TOKEN": "1:abc", "TELEGRAM_WEBHOOK_URL": "https://example.org/x"}, "'b12 serve' answers"),
    ],
)
def test_a_telegram_setting_that_is_missing_or_wrong_is_one_clear_line(
    model, settings: dict[str, str], says: str
) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TELEGRAM_")}
    result = b12("telegram", environment={**kept, **settings})
    assert result.returncode == 1
    assert says in result.stderr
    assert "Traceback" not in result.stderr
