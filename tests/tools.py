"""The programs that look at the project from outside: those of tools/pyproject.toml, and Debian's."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from assistant import paths


def tool(name: str) -> str:
    """Return where a program of tools/ is; without it the test is skipped, or fails where CI is set."""
    path = paths.ROOT / "tools" / ".venv" / "bin" / name
    return str(path) if path.exists() else _missing(name, "make tools")


def debian(name: str, package: str) -> str:
    """Return where a program of the system is; without it the test is skipped, or fails where CI is set."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    return found or _missing(name, f"apt-get install {package}")


def run(*command: str, cwd: Path = paths.ROOT, given: str | None = None, **environment: str) -> str:
    """Run a program that must end well, and return what it said."""
    done = subprocess.run(
        command, cwd=cwd, input=given, capture_output=True, text=True, env={**os.environ, **environment}, timeout=300
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said[-3000:]
    return done.stdout


def _missing(name: str, install: str) -> str:
    reason = f"{name} is missing: {install}"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
