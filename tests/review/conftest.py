"""A copy of the project, whose cards the command line may change."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant import paths

COPIED = ("assistant", "actions", "data", "tests/questions", "tests/questions_unseen", "tests/safety")
FILES = ("clinic.yml", "config.yml", "domain.yml", "endpoints.yml", "credentials.yml", "uv.lock")
NURSE = ("--name", "Ada Example", "--role", "practice nurse", "--registration", "NMC 00A0000A")

B12 = Callable[..., subprocess.CompletedProcess]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    for name in COPIED:
        shutil.copytree(paths.ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__", "static"))
    for name in FILES:
        shutil.copy(paths.ROOT / name, root / name)
    return root


@pytest.fixture
def b12(project: Path) -> B12:
    """Run the copy's command line: ``b12("preview", "frequency")``."""

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, "-m", "assistant.cli", *arguments],
            capture_output=True,
            text=True,
            cwd=project,
            env={**os.environ, "COLUMNS": "200", **environment},
        )

    return run


def change(root: Path, topic: str, old: str, new: str, folder: str = "cards") -> Path:
    path = root / "data" / "guidance" / folder / f"{topic}.yml"
    text = path.read_text()
    assert old in text, f"{path.name} no longer has {old!r}; mend the test"
    path.write_text(text.replace(old, new, 1))
    return path
