import subprocess
import sys

import pytest

from assistant import paths


def b12(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "assistant.cli", *arguments], capture_output=True, text=True, cwd=paths.ROOT
    )


@pytest.mark.parametrize("command", ["serve", "train", "chat", "check", "topics", "evaluate"])
def test_every_command_explains_itself(command: str) -> None:
    result = b12(command, "--help")
    assert result.returncode == 0
    assert "Usage" in result.stdout


def test_a_model_that_is_not_there_is_one_clear_line() -> None:
    result = b12("serve", "--model", "models/gone.tar.gz")
    assert result.returncode == 1
    assert "There is no model models/gone.tar.gz" in result.stderr
    assert "Traceback" not in result.stderr
