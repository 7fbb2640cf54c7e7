"""The held-out questions of ``tests/questions``."""

from dataclasses import dataclass
from pathlib import Path

from assistant import paths, yaml_lines
from assistant.errors import ContentError


@dataclass(frozen=True)
class HeldOut:
    """A question, the intent that a sensible person would expect, others that would do as well, its kind if out of scope."""

    text: str
    intent: str
    also: frozenset[str]
    kind: str

    @property
    def accepted(self) -> frozenset[str]:
        """All intents that count as right."""
        return self.also | {self.intent}


def read(folder: Path = paths.QUESTIONS) -> list[HeldOut]:
    """Read every file of ``folder``; its name is the intent. Raises ContentError for an entry without a text."""
    found = []
    for path in sorted(folder.glob("*.yml")):
        document = yaml_lines.load(path)
        for index, item in enumerate(document.data or []):
            if not isinstance(item, dict) or not isinstance(item.get("text"), str):
                raise ContentError(path, document.line(index), "an entry without 'text'", 'write: - text: "..."')
            found.append(HeldOut(item["text"], path.stem, frozenset(item.get("also", [])), item.get("kind", "")))
    return found
