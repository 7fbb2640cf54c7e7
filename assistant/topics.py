"""Keeps the lists of topics in ``domain.yml`` and ``data/rules.yml`` equal to the cards."""

import re
from pathlib import Path

from assistant import paths
from assistant.errors import ContentError

_BLOCK = re.compile(
    r"(?P<begin>^(?P<indent> *)# topics: begin\n)(?P<body>.*?)(?P<end>^ *# topics: end\n)", re.MULTILINE | re.DOTALL
)
_ITEM = {"domain.yml": "- {topic}", "data/rules.yml": "- intent: {topic}"}


def topics(root: Path = paths.ROOT) -> list[str]:
    """Return the ids of all topics that have a card, sorted."""
    return sorted(path.stem for path in (root / "data" / "guidance" / "cards").glob("*.yml"))


def write(root: Path = paths.ROOT) -> list[str]:
    """Write the topics into both files; return the names of those that changed. Raises ContentError if a file has lost its marks."""
    changed = []
    for name in _ITEM:
        path = root / name
        before = path.read_text(encoding="utf-8")
        after = _with_topics(path, name, before, topics(root))
        if after != before:
            path.write_text(after, encoding="utf-8")
            changed.append(name)
    return changed


def check(root: Path = paths.ROOT) -> list[ContentError]:
    """Return a problem for each file whose list of topics differs from the cards."""
    problems = []
    for name in _ITEM:
        path = root / name
        text = path.read_text(encoding="utf-8")
        try:
            same = _with_topics(path, name, text, topics(root)) == text
        except ContentError as error:
            problems.append(error)
            continue
        if not same:
            line = text[: text.index("# topics: begin")].count("\n") + 1
            problems.append(ContentError(path, line, "the topics differ from data/guidance/cards", "run: make topics"))
    return problems


def _with_topics(path: Path, name: str, text: str, wanted: list[str]) -> str:
    found = _BLOCK.search(text)
    if not found:
        raise ContentError(
            path,
            1,
            "the lines '# topics: begin' and '# topics: end' are missing",
            "put them back around the list of topics",
        )
    items = "".join(f"{found['indent']}{_ITEM[name].format(topic=topic)}\n" for topic in wanted)
    return text[: found.start()] + found["begin"] + items + found["end"] + text[found.end() :]
