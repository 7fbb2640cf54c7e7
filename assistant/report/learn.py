"""Teaches: puts texts that were refused or asked back about among the training questions of a topic."""

import io
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import LiteralScalarString

from assistant import paths, yaml_lines
from assistant.errors import AssistantError
from assistant.nlu import questions_check
from assistant.nlu.english import plain
from assistant.nlu.questions import Question, read_questions
from assistant.privacy.masking import masked

_TESTS = ("questions", "questions_unseen", "safety")


def learn(topic: str, texts: Sequence[str], root: Path = paths.ROOT) -> Path:
    """Add texts to a topic's training questions, as they are: ``check`` them first.

    Args:
        topic: the topic, or a conversation intent such as ``find_provider``.
        texts: how people ask it.
        root: the project's folder.

    Returns:
        The file that they were added to.

    Raises:
        AssistantError: there is no such topic.
    """
    path = _file(topic, root)
    yaml = YAML()
    yaml.width = 1_000_000  # type: ignore[assignment] # no line is broken
    yaml.preserve_quotes = True  # type: ignore[assignment]
    yaml.indent(mapping=2, sequence=4, offset=2)
    document = yaml.load(path.read_text(encoding="utf-8"))
    entry = next(one for one in document["nlu"] if one["intent"] == topic and "metadata" not in one)
    entry["examples"] = LiteralScalarString(entry["examples"] + "".join(f"- {_line(text)}\n" for text in texts))
    written = io.StringIO()
    yaml.dump(document, written)
    path.write_text(written.getvalue(), encoding="utf-8")
    return path


def check(topic: str, texts: Sequence[str], root: Path = paths.ROOT) -> None:
    """Refuse texts that can't be taught.

    Raises:
        AssistantError: there is no such topic, or one of the texts can't be taught; the message says why.
    """
    problems = [problem for problem in problems_of(topic, texts, root) if problem]
    if problems:
        raise AssistantError("\n".join(problems))


def problems_of(topic: str, texts: Sequence[str], root: Path = paths.ROOT) -> list[str | None]:
    """Return for each text why it can't be taught as a topic; None where it can. Raises AssistantError: no such topic."""
    path = _file(topic, root)
    known = {_compared(question.text): question for question in read_questions(root / "data" / "nlu")}
    tests = dict(_test_questions(root / "tests"))
    problems = [_problem(_line(text), known, tests) for text in texts]
    # A number below 0 stands for the line that a text hasn't got yet.
    wanted = [Question(_line(text), topic, path, -1 - place) for place, text in enumerate(texts) if not problems[place]]
    for near in questions_check.near_duplicates([*known.values(), *wanted]):
        if near.line < 0:
            problems[-1 - near.line] = f"{near.problem}. Word it quite differently, or leave it out."
    return problems


def _problem(text: str, known: dict[str, Question], tests: dict[str, str]) -> str | None:
    compared = _compared(text)
    if not compared:
        return f"'{text}' holds no words."
    if masked(text) != text or re.search(r"[\[\]{}]", text):
        return f"'{text}' holds personal data, something masked or brackets. Write the question without them."
    if compared in tests:
        return (
            f"'{text}' is a test question ({tests[compared]}): trained on, it would prove nothing. Word it differently."
        )
    if compared in known:
        other = known[compared]
        return f"'{text}' stands already under '{other.intent}' ({paths.shown(other.path)}:{other.line})."
    return None


def _file(topic: str, root: Path) -> Path:
    path = root / "data" / "nlu" / f"{topic}.yml"
    if not topic.isidentifier() or not path.is_file():
        raise AssistantError(
            f"There is no topic '{topic}': data/nlu/{topic}.yml is missing. The files of data/nlu are named after the topics."
        )
    return path


def _test_questions(folder: Path) -> Iterable[tuple[str, str]]:
    for path in sorted(path for name in _TESTS for path in (folder / name).glob("*.yml")):
        document = yaml_lines.load(path)
        for index, item in enumerate(document.data or []):
            text = str(item.get("text", "") if isinstance(item, dict) else item)
            yield _compared(text), f"{paths.shown(path)}:{document.line(index)}"


def _line(text: str) -> str:
    return " ".join(plain(text).split())


def _compared(text: str) -> str:
    """Return what of a text tells it from others: its words, without case and punctuation."""
    return " ".join(re.findall(r"\w+", plain(text).lower().replace("'", "")))
