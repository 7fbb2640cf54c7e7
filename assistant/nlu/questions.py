"""The training questions of ``data/nlu``: read without Rasa, for the checks, the adapter and the measurements."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from assistant import paths, yaml_lines
from assistant.errors import ContentError
from assistant.nlu.english import plain
from assistant.nlu.topic_model import KIND_SEPARATOR


@dataclass(frozen=True)
class Question:
    """A training question: its text, its class (``intent`` or ``out_of_scope/KIND``), where it stands, and the same-day hazard
    that it tells of, if any."""

    text: str
    label: str
    path: Path
    line: int
    hazard: str = ""

    @property
    def intent(self) -> str:
        """The question's intent, without its kind."""
        return self.label.split(KIND_SEPARATOR)[0]


def read_questions(folder: Path = paths.NLU) -> list[Question]:
    """Read every training question below ``folder``. Raises ContentError for a file that hasn't Rasa's form."""
    return [question for path in sorted(folder.rglob("*.yml")) for question in _read(path)]


def _read(path: Path) -> Iterator[Question]:
    document = yaml_lines.load(path)
    items = document.data.get("nlu") if isinstance(document.data, dict) else None
    if not isinstance(items, list) or not items:
        raise ContentError(
            path, 1, "no list 'nlu' of intents with examples", "give it the form of data/nlu/frequency.yml"
        )
    for index, item in enumerate(items):
        if (
            not isinstance(item, dict)
            or not isinstance(item.get("intent"), str)
            or not isinstance(item.get("examples"), str)
        ):
            raise ContentError(
                path,
                document.line("nlu", index),
                "an entry without 'intent' or 'examples'",
                "give it the form of data/nlu/frequency.yml",
            )
        metadata = item.get("metadata") or {}
        kind = metadata.get("kind")
        label = f"{item['intent']}{KIND_SEPARATOR}{kind}" if kind else item["intent"]
        first = document.line("nlu", index, "examples") + 1
        for offset, line in enumerate(item["examples"].splitlines()):
            if line.startswith("- "):
                yield Question(plain(line[2:]), label, path, first + offset, metadata.get("hazard", ""))
            elif line.strip():
                raise ContentError(path, first + offset, "a line that is no example", "begin each example with '- '")
