"""YAML with the line of every value, so that a mistake can be named by its line."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from assistant.errors import ContentError
from assistant.paths import shown

Key = tuple[str | int, ...]
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Document:
    """One YAML file: its data, and the 1-based line on which each value starts."""

    path: Path
    data: Any
    lines: dict[Key, int]

    def line(self, *key: str | int) -> int:
        """Return the line of the value at ``key``, or of its nearest parent that is there."""
        for end in range(len(key), -1, -1):
            if key[:end] in self.lines:
                return self.lines[key[:end]]
        return 1


def load(path: Path) -> Document:
    """Read one YAML file.

    Raises:
        ContentError: the file is missing, is no YAML, or names a key twice.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ContentError(path, 1, "the file is missing", "create it, or take its name out") from None
    except UnicodeDecodeError as error:
        raise ContentError(path, 1, f"not UTF-8 text ({error.reason})", "save it as UTF-8") from None
    loader = _Loader(text)
    try:
        root = loader.get_single_node()
        lines: dict[Key, int] = {}
        if root is not None:
            _note_lines(path, root, (), lines)
        data = loader.construct_document(root) if root is not None else None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise ContentError(
            path, line, f"not valid YAML: {error.problem}", "mend the indentation or quotes here"
        ) from None
    except (yaml.YAMLError, ValueError) as error:
        raise ContentError(path, 1, f"not valid YAML: {error}", "mend the file's characters or values") from None
    finally:
        loader.dispose()
    return Document(path, data, lines)


def _note_lines(path: Path, node: yaml.Node, key: Key, lines: dict[Key, int]) -> None:
    lines[key] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for name, value in node.value:
            line = name.start_mark.line + 1
            if name.value in seen:
                raise ContentError(path, line, f"'{name.value}' stands twice in {shown(path)}", "keep one of the two")
            seen.add(name.value)
            _note_lines(path, value, (*key, name.value), lines)
            lines[(*key, name.value)] = line
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            _note_lines(path, value, (*key, index), lines)
