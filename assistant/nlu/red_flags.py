"""Recognises emergencies by rules over lay words, before and independently of the classifier.

The wordings stand in ``data/safety``, one file a hazard, for a clinician to read and change. A wording is a row of words; a
name from ``words.yml`` or from the file's own ``words`` stands for any of its words, ``..`` for up to four words between,
``&`` for "and anywhere in the message". spaCy's blank English pipeline makes the words; rows are looked up by their first
word, since spaCy's Matcher, which tries each of 1,000 rows at each word, takes 6 ms a message. Whether a sign is
happening now is judged by cues before and behind it in its sentence, after ConText (Harkema et al. 2009): negated, general or
hypothetical, past and resolved, somebody's history, a figure of speech. Where the words leave it open, it warns.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal, TypeVar

import spacy
from pydantic import BaseModel, Extra, Field, ValidationError

from assistant import paths, yaml_lines
from assistant.errors import ContentError
from assistant.nlu.normalise import normalise
from assistant.nlu.spelling import Speller

Urgency = Literal["now", "crisis", "same_day"]
Form = TypeVar("Form", bound=BaseModel)
ORDER: dict[str, int] = {"now": 0, "crisis": 1, "same_day": 2}
# Words between two parts of a wording, and letters read of a message.
GAP = 4
MOST_LETTERS = 2000
_STOPS = frozenset({".", "!", "?", ";"})
# A gap reaches neither over the end of a sentence nor over a negation: "sore arm, no chest pain".
_GAP_ENDS = _STOPS | {"no", "without", "never"}
_NOT_HAZARDS = {"words", "context"}


class Hazard(BaseModel):
    """One file of ``data/safety``.

    ``help``: what to do until help comes (now). ``because``: why to be seen today (same_day). ``topic``: the card that is answered
    when a same-day message asks nothing that is understood. ``words``: named groups. ``signs``: the wordings.
    """

    urgency: Urgency
    facts: list[str] = Field(min_items=1)
    help: str | None = None
    because: str | None = None
    topic: str | None = None
    words: dict[str, str] = Field(default_factory=dict)
    signs: list[str] = Field(min_items=1)

    class Config:
        extra = Extra.forbid


class Context(BaseModel):
    """``context.yml``: cues by what they say of a sign. Each is a row of words, as in a wording."""

    asks: list[str]
    persons: list[str]
    negated: list[str]
    general: list[str]
    past: list[str]
    settled: list[str]
    figure: list[str]
    now: list[str]
    ends: list[str]

    class Config:
        extra = Extra.forbid


@dataclass(frozen=True)
class Alarm:
    """The most urgent hazard found in a message, and the others."""

    hazard: str
    urgency: Urgency
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Span:
    start: int
    end: int


# One word of a row is the set of words that fit; None is a gap.
_Row = tuple[frozenset[str] | None, ...]


class _Rows:
    """Rows of words with a name each, found in a list of words."""

    def __init__(self) -> None:
        self._by_first: dict[str, list[tuple[str, _Row]]] = {}
        self._names: set[str] = set()

    def add(self, name: str, row: _Row) -> None:
        self._names.add(name)
        for word in row[0] or ():
            self._by_first.setdefault(word, []).append((name, row))

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def find(self, words: list[str]) -> Iterator[tuple[str, _Span]]:
        for start, word in enumerate(words):
            for name, row in self._by_first.get(word, ()):
                end = _end(words, start + 1, row, 1)
                if end:
                    yield name, _Span(start, end)


def _end(words: list[str], at: int, row: _Row, part: int) -> int:
    """Return the end of the shortest match of ``row[part:]`` from ``at`` on, 0 if there is none."""
    if part == len(row):
        return at
    fits = row[part]
    if fits is not None:
        return _end(words, at + 1, row, part + 1) if at < len(words) and words[at] in fits else 0
    for skipped in range(GAP + 1):
        end = _end(words, at + skipped, row, part + 1)
        if end or at + skipped >= len(words) or words[at + skipped] in _GAP_ENDS:
            return end
    return 0


class RedFlags:
    """The rules of one folder, compiled."""

    def __init__(self, hazards: dict[str, Hazard], context: Context, words: dict[str, str], folder: Path) -> None:
        self.hazards = hazards
        self._language = spacy.blank("en")
        # spaCy would split "cant" and "im" in two; the wordings take them whole.
        self._language.tokenizer.rules = {}  # type: ignore[union-attr]
        self._signs = _Rows()
        self._parts: dict[str, list[tuple[str, ...]]] = {}
        vocabulary: set[str] = set()
        for name, hazard in hazards.items():
            groups = words | hazard.words
            self._parts[name] = [self._add(sign, groups, vocabulary, folder / f"{name}.yml") for sign in hazard.signs]
        self._cues = _Rows()
        for kind in Context.__fields__:
            for cue in getattr(context, kind):
                self._cues.add(kind, _row(cue, words, vocabulary, folder / "context.yml"))
        self._speller = Speller(vocabulary)

    @classmethod
    def load(cls, folder: Path = paths.SAFETY) -> "RedFlags":
        """Read and compile the rules below ``folder``. Raises ContentError, with file and line, for a broken one."""
        words = yaml_lines.load(folder / "words.yml").data
        context = _parsed(Context, folder / "context.yml")
        hazards = {
            path.stem: _parsed(Hazard, path) for path in sorted(folder.glob("*.yml")) if path.stem not in _NOT_HAZARDS
        }
        if not hazards:
            raise ContentError(folder / "anaphylaxis.yml", 1, "there are no hazards", "put data/safety back")
        return cls(hazards, context, words, folder)

    def find(self, text: str) -> Alarm | None:
        """Return the most urgent hazard that ``text`` tells of as happening, or None."""
        words = self._words(text)
        cues: dict[str, list[_Span]] = {}
        for kind, span in self._cues.find(words):
            cues.setdefault(kind, []).append(span)
        here = {name for name, span in self._signs.find(words) if not self._calm(words, span, cues)}
        found = [name for name, signs in self._parts.items() if any(here.issuperset(parts) for parts in signs)]
        if not found:
            return None
        found.sort(key=lambda name: ORDER[self.hazards[name].urgency])
        return Alarm(found[0], self.hazards[found[0]].urgency, tuple(found[1:]))

    def _words(self, text: str) -> list[str]:
        tokens = self._language.make_doc(_plain(text)[:MOST_LETTERS])
        return [self._speller.correct(token.text) for token in tokens if not token.is_space]

    def _add(self, sign: str, groups: dict[str, str], vocabulary: set[str], path: Path) -> tuple[str, ...]:
        names = []
        for part in sign.split("&"):
            name = f"{path.stem}:{' '.join(part.split())}"
            if name not in self._signs:
                self._signs.add(name, _row(part, groups, vocabulary, path))
            names.append(name)
        return tuple(names)

    def _calm(self, words: list[str], sign: _Span, cues: dict[str, list[_Span]]) -> bool:
        """Tell whether the words around a sign say that it isn't happening now."""
        start, end = _sentence(words, sign)
        ends = [cue for cue in cues.get("ends", ()) if start <= cue.start and cue.end <= end]
        # A cue reaches until a word such as "but" ends its reach.
        reach = max((cue.end for cue in ends if cue.end <= sign.start), default=start)

        def within(kind: str, low: int, high: int) -> list[_Span]:
            return [cue for cue in cues.get(kind, ()) if low <= cue.start and cue.end <= high]

        if any(cue.start <= sign.start < cue.end or cue.start < sign.end <= cue.end for cue in cues.get("figure", ())):
            return True
        if any(sign.start - cue.end <= GAP for cue in within("negated", reach, sign.start)):
            return True
        happening = bool(within("now", start, end))
        if within("past", start, end) and not happening:
            return True
        if within("settled", 0, len(words)) and not within("now", 0, len(words)):
            return True
        if happening:
            return False
        # A question that speaks of nobody asks in general: "is wheezing a bad sign?"
        asked = any(cue.start == start for cue in within("asks", start, end)) or (
            end < len(words) and words[end] == "?"
        )
        return bool(within("general", reach, sign.end)) or (asked and not within("persons", start, end))


@lru_cache(maxsize=1)
def red_flags() -> RedFlags:
    """Return the project's rules, read once."""
    return RedFlags.load()


def _plain(text: str) -> str:
    return normalise(text).lower().replace("'", "").replace("/", " ").replace("-", " ")


def _sentence(words: list[str], span: _Span) -> tuple[int, int]:
    start, end = span.start, span.end
    while start > 0 and words[start - 1] not in _STOPS:
        start -= 1
    while end < len(words) and words[end] not in _STOPS:
        end += 1
    return start, end


def _row(text: str, groups: dict[str, str], vocabulary: set[str], path: Path) -> _Row:
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
    else:
        yield word.replace("'", "")


def _parsed(form: type[Form], path: Path) -> Form:
    document = yaml_lines.load(path)
    try:
        return form.parse_obj(document.data)
    except ValidationError as error:
        first = error.errors()[0]
        problem = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
        raise ContentError(
            path, document.line(*first["loc"]), problem, "give it the form of data/safety/anaphylaxis.yml"
        ) from None
