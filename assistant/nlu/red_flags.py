"""Recognises emergencies by rules over lay words, before and independently of the classifier.

The wordings stand in ``data/safety``, one file a hazard, for a clinician to read and change. A wording is a row of words; a
name from ``words.yml`` or from the file's own ``words`` stands for any of its words, ``swell*`` for every word that begins so,
``..`` for up to four words between, ``&`` for "and anywhere in the message", ``#year`` for a year. spaCy's blank English pipeline
makes the words; rows are looked up by their first word, since spaCy's Matcher, which tries each of 1,000 rows at each word,
takes 6 ms a message. Whether a sign is
happening now is judged by cues before and behind it in its sentence, after ConText (Harkema et al. 2009): negated, general or
hypothetical, past and resolved, somebody's history, a figure of speech. Where the words leave it open, it warns.
"""

import hashlib
import unicodedata
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, Extra, Field, ValidationError

from assistant import paths, yaml_lines
from assistant.errors import ContentError
from assistant.nlu.language import english_whole_words
from assistant.nlu.normalise import normalise
from assistant.nlu.spelling import Speller
from assistant.nlu.word_rows import GAP, SHORTEST_BEGINNING, STOPS, YEAR, Forms, Rows, Span, compiled

# What the actions read of a message: {"hazard": ..., "urgency": ...}, or nothing.
RED_FLAG = "red_flag"
Urgency = Literal["now", "crisis", "same_day"]
Form = TypeVar("Form", bound=BaseModel)
ORDER: dict[str, int] = {"now": 0, "crisis": 1, "same_day": 2}
# Letters read of a message from its beginning, and from its end.
MOST_LETTERS = 2000
_NOT_HAZARDS = {"words", "context"}
# What may go on behind "i have that".
_BEHIND_CLAIMS = frozenset(
    [
        ",",
        "now",
        "right",
        "rn",
        "atm",
        "at",
        "as",
        "too",
        "since",
        "started",
        "this",
        "today",
        "tonight",
        "already",
        "and",
        "so",
        "to",
        "help",
        "please",
        "pls",
        "actually",
        "yes",
        "twice",
        "again",
    ]
)
# A turn asks several times about one message: the classifiers, the pipeline's last component, the channel.
MOST_JUDGED = 32


class Hazard(BaseModel):
    """One file of ``data/safety``.

    ``help``: what to do until help comes (now). ``because``: why to be seen today (same_day). ``topic``: the card that is answered
    when a same-day message asks nothing that is understood. ``emergency_care``: whether same-day help means emergency care.
    ``precedence``: of several hazards as urgent, the one with the highest is answered. ``names``: wordings that only name the hazard, and
    ``told_by``: cards that tell of it. They raise no alarm, but whoever then says "i have that" means it. ``words``: named groups.
    ``signs``: the wordings.
    """

    urgency: Urgency
    facts: list[str] = Field(min_items=1)
    help: str | None = None
    because: str | None = None
    topic: str | None = None
    emergency_care: bool = False
    precedence: int = 0
    names: list[str] = Field(default_factory=list)
    told_by: list[str] = Field(default_factory=list)
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
    claims: list[str]

    class Config:
        extra = Extra.forbid


@dataclass(frozen=True)
class Alarm:
    """The most urgent hazard found in a message, and the others."""

    hazard: str
    urgency: Urgency
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Judgement:
    """What the rules say of a message.

    Attributes:
        alarm: the alarm that it raises.
        calm: whether it holds a hazard's wording, and its words say that it isn't happening now.
        mentioned: the most urgent hazard that it only speaks of.
        claims: whether it says that what was spoken of before is happening: "i think i have that".
    """

    alarm: Alarm | None
    calm: bool = False
    mentioned: str | None = None
    claims: bool = False


class RedFlags:
    """The rules of one folder, compiled."""

    def __init__(self, hazards: dict[str, Hazard], context: Context, words: dict[str, str], folder: Path) -> None:
        self.hazards = hazards
        self._tokenize = english_whole_words()  # the wordings take "cant" and "im" whole
        self._signs, self._names = Rows(), Rows()
        self._parts: dict[str, list[tuple[str, ...]]] = {}
        vocabulary: set[str] = set()
        for name, hazard in hazards.items():
            groups = words | hazard.words
            self._parts[name] = [self._add(sign, groups, vocabulary, folder / f"{name}.yml") for sign in hazard.signs]
            for wording in hazard.names:
                self._names.add(name, compiled(wording, groups, vocabulary, folder / f"{name}.yml"))
        # The wordings that each part stands in: of some 1,500 only those are looked at whose parts were found.
        self._wordings_with: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
        for name, wordings in self._parts.items():
            for parts in wordings:
                for part in parts:
                    self._wordings_with.setdefault(part, []).append((name, parts))
        self._cues, self._claims = Rows(), Rows()
        for kind in Context.__fields__:
            rows = self._claims if kind == "claims" else self._cues
            for cue in getattr(context, kind):
                rows.add(kind, compiled(cue, words, vocabulary, folder / "context.yml"))
        self._beginnings = frozenset(word for word in vocabulary if word.endswith("*"))
        self._speller = Speller(word for word in vocabulary if word.isalpha())
        self._judged: OrderedDict[bytes, Judgement] = OrderedDict()

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
        return self.judge(text).alarm

    def judge(self, text: str) -> Judgement:
        """Return the alarm that ``text`` raises, and whether it only mentions signs as not happening now."""
        # Kept under a hash: nobody's words outlive their turn here.
        key = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
        found = self._judged.get(key)
        if found is None:
            found = self._judged[key] = self._judge(text)
            if len(self._judged) > MOST_JUDGED:
                self._judged.popitem(last=False)
        return found

    def _judge(self, text: str) -> Judgement:
        forms = self._forms(text)
        words = [form[0] for form in forms]
        claims = any(_ends(span, words) for _, span in self._claims.find(forms))
        named = {name for name, _ in self._names.find(forms)}
        signs = list(self._signs.find(forms))
        if not signs:
            return Judgement(None, mentioned=self._most_urgent(named), claims=claims)
        cues: dict[str, list[Span]] = {}
        for kind, span in self._cues.find(forms):
            cues.setdefault(kind, []).append(span)
        # "what do i do if i get chest pain" is no call for help, though "what do i do" is.
        cues["now"] = [
            now for now in cues.get("now", ()) if not any(_inside(now, one) for one in cues.get("general", ()))
        ]
        whole = self._whole_wordings({name for name, _ in signs})
        needed = {part for _, parts in whole for part in parts}
        here: set[str] = set()
        for name, span in signs:
            if name in needed and name not in here and not self._calm(words, span, cues, self._is_crisis(name)):
                here.add(name)
        found = self._by_urgency(self._hazards_of(here))
        if not found:
            mentioned = self._most_urgent(named | {hazard for hazard, _ in whole})
            return Judgement(None, bool(whole), mentioned, claims)
        return Judgement(Alarm(found[0], self.hazards[found[0]].urgency, tuple(found[1:])))

    def _by_urgency(self, names: Iterable[str]) -> list[str]:
        return sorted(names, key=lambda name: (ORDER[self.hazards[name].urgency], -self.hazards[name].precedence))

    def _most_urgent(self, names: Iterable[str]) -> str | None:
        return next(iter(self._by_urgency(sorted(names))), None)

    def _whole_wordings(self, signs: set[str]) -> set[tuple[str, tuple[str, ...]]]:
        """Return the wordings all of whose parts are among the signs, each with its hazard."""
        return {one for sign in signs for one in self._wordings_with[sign] if signs.issuperset(one[1])}

    def _hazards_of(self, signs: set[str]) -> list[str]:
        """Return the hazards that have a wording all of whose parts are among the signs."""
        found = {hazard for hazard, _ in self._whole_wordings(signs)}
        return [name for name in self._parts if name in found]

    def _forms(self, text: str) -> list[Forms]:
        plain = _plain(text)
        if len(plain) > 2 * MOST_LETTERS:
            plain = f"{plain[:MOST_LETTERS]} . {plain[-MOST_LETTERS:]}"
        tokens = self._tokenize(plain)
        return [self._of_word(self._speller.correct(token.text)) for token in tokens if not token.is_space]

    def _of_word(self, word: str) -> Forms:
        if word.isdigit():
            return (word, YEAR) if len(word) == 4 and "1850" <= word < "2100" else (word,)
        begins = (word[:length] + "*" for length in range(SHORTEST_BEGINNING, len(word) + 1))
        return (word, *(begin for begin in begins if begin in self._beginnings))

    def _add(self, sign: str, groups: dict[str, str], vocabulary: set[str], path: Path) -> tuple[str, ...]:
        names = []
        for part in sign.split("&"):
            name = f"{path.stem}:{' '.join(part.split())}"
            if name not in self._signs:
                self._signs.add(name, compiled(part, groups, vocabulary, path))
            names.append(name)
        return tuple(names)

    def _is_crisis(self, sign: str) -> bool:
        return self.hazards[sign.split(":")[0]].urgency == "crisis"

    def _calm(self, words: list[str], sign: Span, cues: dict[str, list[Span]], crisis: bool) -> bool:
        """Tell whether the words around a sign say that it isn't happening now.

        Who thinks of suicide often asks as if in general ("how many would it take"), so where such a question names a person, it
        is taken as meant.
        """
        start, end = _sentence(words, sign)
        ends = [cue for cue in cues.get("ends", ()) if start <= cue.start and cue.end <= end]
        # A cue reaches until a word such as "but" ends its reach.
        reach = max((cue.end for cue in ends if cue.end <= sign.start), default=start)

        def within(kind: str, low: int, high: int) -> list[Span]:
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
        if crisis:
            general = [cue for cue in within("general", reach, sign.end) if cue.start < sign.start]
            return bool(general) and not within("persons", start, end)
        # A question that speaks of nobody asks in general: "is wheezing a bad sign?"
        asked = any(cue.start == start for cue in within("asks", start, end)) or (
            end < len(words) and words[end] == "?"
        )
        if within("general", reach, sign.end):
            return True
        return not within("persons", start, end) and (asked or bool(within("general", start, end)))


@lru_cache(maxsize=1)
def red_flags() -> RedFlags:
    """Return the project's rules, read once."""
    return RedFlags.load()


def _plain(text: str) -> str:
    # Emoji speak by their names elsewhere; here "face with tears" would be a face.
    worded = text if text.isascii() else "".join(" " if unicodedata.category(char) == "So" else char for char in text)
    return normalise(worded).lower().replace("'", "").replace("/", " ").replace("-", " ")


def _ends(claim: Span, words: list[str]) -> bool:
    """Tell whether a claim says all: "i have it", "i have it now", and not "i have it every month"."""
    return claim.end == len(words) or words[claim.end] in STOPS or words[claim.end] in _BEHIND_CLAIMS


def _inside(inner: Span, outer: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _sentence(words: list[str], span: Span) -> tuple[int, int]:
    start, end = span.start, span.end
    while start > 0 and words[start - 1] not in STOPS:
        start -= 1
    while end < len(words) and words[end] not in STOPS:
        end += 1
    return start, end


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
