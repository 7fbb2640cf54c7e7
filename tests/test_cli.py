import os
import subprocess
import sys
from collections.abc import Iterator

import click
import pytest
import typer
from typer.testing import CliRunner

from assistant import paths
from assistant.cli import app


def b12(*arguments: str, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "assistant.cli", *arguments],
        capture_output=True,
        text=True,
        cwd=paths.ROOT,
        env=environment,
    )


def commands(group: click.Group, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, (*above, name))
        elif name != "rasa":  # its help is Rasa's own
            yield (*above, name)


@pytest.mark.parametrize("command", list(commands(typer.main.get_command(app))), ids=" ".join)
def test_every_command_explains_itself_with_an_example(command: tuple[str, ...]) -> None:
    result = CliRunner().invoke(app, [*command, "--help"], env={"COLUMNS": "200"})
    assert result.exit_code == 0
    assert "Usage" in result.output
    assert "Example: " in result.output and f"b12 {' '.join(command)}" in result.output.split("Example: ")[1]


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
