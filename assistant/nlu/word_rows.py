"""Rows of words, and where they stand in a message: what the red flags' wordings and cues are made of."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import ContentError

# Words between two parts of a row.
GAP = 4
STOPS = frozenset({".", "!", "?", ";"})
# A gap reaches neither over the end of a sentence nor over a negation: "sore arm, no chest pain", "my throat does not feel tight".
_GAP_ENDS = STOPS | set(
    [
        "no",
        "not",
        "without",
        "never",
        "nor",
        "doesnt",
        "isnt",
        "arent",
        "wasnt",
        "werent",
        "didnt",
        "dont",
        "hasnt",
        "havent",
        "hadnt",
    ]
)
# What a word also counts as: "#year" for 1850 to 2099.
YEAR = "#year"
# Shorter beginnings would fit too many words.
SHORTEST_BEGINNING = 4


@dataclass(frozen=True)
class Span:
    """A row's place in a message: from word ``start`` to before word ``end``."""

    start: int
    end: int


# One word of a row is the set of words that fit; None is a gap.
Row = tuple[frozenset[str] | None, ...]
# A message's word: itself, the beginnings in the rules that it has ("swell*"), and "#year".
Forms = tuple[str, ...]


class Rows:
    """Rows of words with a name each, found in a list of words."""

    def __init__(self) -> None:
        self._by_first: dict[str, list[tuple[str, Row]]] = {}
        self._names: set[str] = set()

    def add(self, name: str, row: Row) -> None:
        """Add a row. Several may have one name."""
        self._names.add(name)
        for word in row[0] or ():
            self._by_first.setdefault(word, []).append((name, row))

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def find(self, words: list[Forms]) -> Iterator[tuple[str, Span]]:
        """Yield the name and place of each row that stands in ``words``."""
        present = {form for forms in words for form in forms}
        for start, forms in enumerate(words):
            following = words[start + 1] if start + 1 < len(words) else ()
            for form in forms:
                for name, row in self._by_first.get(form, ()):
                    # Nearly all rows end here: the next word, or the last one anywhere, doesn't fit.
                    if len(row) > 1 and (
                        (row[1] is not None and row[1].isdisjoint(following)) or row[-1].isdisjoint(present)  # type: ignore[union-attr]
                    ):
                        continue
                    end = _end(words, start + 1, row, 1)
                    if end:
                        yield name, Span(start, end)


def _end(words: list[Forms], at: int, row: Row, part: int) -> int:
    """Return the end of the shortest match of ``row[part:]`` from ``at`` on, 0 if there is none."""
    if part == len(row):
        return at
    fits = row[part]
    if fits is not None:
        return _end(words, at + 1, row, part + 1) if at < len(words) and not fits.isdisjoint(words[at]) else 0
    for skipped in range(GAP + 1):
        end = _end(words, at + skipped, row, part + 1)
        if end or at + skipped >= len(words) or words[at + skipped][0] in _GAP_ENDS:
            return end
    return 0


def compiled(text: str, groups: dict[str, str], vocabulary: set[str], path: Path) -> Row:
    """Return a wording as a row, and add its words to ``vocabulary``.

    Args:
        text: the wording. groups: what its names in capitals stand for.
        vocabulary: every word of the rules, added to. path: where the wording stands.

    Raises:
        ContentError: it doesn't begin and end with a word, names a group that isn't there, or holds too short a beginning.
    """
    row: list[frozenset[str] | None] = []
    for word in text.split():
        if word == "..":
            row.append(None)
            continue
        members = frozenset(member.lower() for member in _members(word, groups, path))
        vocabulary.update(members)
        row.append(members)
    if not row or row[0] is None or row[-1] is None:
        raise ContentError(
            path, 1, f"the wording '{text}' doesn't begin and end with a word", "put words around '..' and '&'"
        )
    return tuple(row)


def _members(word: str, groups: dict[str, str], path: Path, depth: int = 0) -> Iterator[str]:
    if word.isupper():
        if word not in groups or depth > 3:
            raise ContentError(
                path, 1, f"the group '{word}' is not defined", "define it under 'words' here or in words.yml"
            )
        for member in groups[word].split():
            yield from _members(member, groups, path, depth + 1)
    elif word.endswith("*") and len(word) <= SHORTEST_BEGINNING:
        raise ContentError(
            path,
            1,
            f"the beginning '{word}' is too short to be looked up",
            f"write each word in full, or a beginning of {SHORTEST_BEGINNING} letters",
        )
    else:
        yield word.replace("'", "")
