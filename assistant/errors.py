"""Errors that are meant to be read by a person: what was wrong, and how to mend it."""

from pathlib import Path

from assistant.paths import shown


class AssistantError(Exception):
    """Something a person can mend. The message says what was wrong and what to do."""


class ContentError(AssistantError):
    """A mistake in a data file.

    Args:
        path: the file.
        line: its 1-based line.
        problem: what is wrong, in one sentence without a full stop.
        mend: what to do about it.
    """

    def __init__(self, path: Path, line: int, problem: str, mend: str) -> None:
        self.path, self.line, self.problem, self.mend = path, line, problem, mend
        super().__init__(f"{shown(path)}:{line}: {problem}. To mend: {mend}.")
