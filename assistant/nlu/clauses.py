"""Splits a message into its questions.

People join questions with "and", with commas, with question marks or with nothing at all. A new question begins where a question
word or an inverted verb ("can i", "does it") opens a clause; what is told before or between belongs to the question after it. The
words come from spaCy's tokenizer, the openings from a spaCy Matcher; what is found is only a proposal: the classifier
decides whether the parts are really about different topics (``assistant.nlu.understanding``).
"""

import re
from dataclasses import dataclass

from spacy.matcher import Matcher
from spacy.tokens import Doc, Span

from assistant.nlu.language import english_whole_words

# More questions than this in one message aren't told apart.
MOST_CLAUSES = 4
_ENDS = frozenset(".?!;\n…")
_WH = ["how", "hows", "what", "whats", "why", "whys", "when", "whens", "where", "wheres", "who", "whos", "which", "wot", "wat", "whether"]  # fmt: skip
_AUXILIARY = ["can", "could", "do", "does", "is", "are", "should", "will", "would", "am", "did", "has", "have", "shall", "may", "might", "cant", "dont", "doesnt", "isnt", "arent", "shouldnt", "wont", "must", "shld", "shud", "wud", "cud"]  # fmt: skip
_SUBJECT = ["i", "it", "you", "u", "they", "we", "he", "she", "there", "this", "that", "these", "those", "the", "my", "b12", "anyone", "people", "a", "your", "her", "his", "tablets", "injections", "someone"]  # fmt: skip
_JOINERS = ["and", "also", "plus", "or", "but", "btw", "then", "oh", "n", "&", "+", "so", "ps", "ok", "okay", "secondly", "lastly", "finally", "another", "question", "again"]  # fmt: skip
_ANY = [
    "way",
    "ways",
    "chance",
    "risk",
    "risks",
    "reason",
    "point",
    "tips",
    "danger",
    "harm",
    "alternative",
    "alternatives",
    "other",
]
# "and for how long", "and at what age": the question begins before these.
_BEFORE_WH = frozenset(["for", "at", "in", "to", "on", "with", "from", "by", "since", "until"])
_BEFORE_VERBS = ["and", "also", "plus", "oh", "n", "&", ","]
_OPENINGS = frozenset(_WH + _AUXILIARY)
# These are as often main verbs: "can i | have it".
_MAIN_VERBS = frozenset({"do", "have", "has", "did"})
# A piece that begins so asks too: "tell me about the side effects and how often i need it".
_REQUESTS = re.compile(
    r"^((hi|hello|hey|please|pls|also|and|can you|could you|i|id|i'd|i'm|im|just|really) )*(tell me|my question is|explain|(like|want|wanna|need|love|wanted|trying) (to )?(know|find out|ask|understand)|wondering|know about|info|information|what about|how about|question about|asking about|curious)\b",
    re.IGNORECASE,
)
# Between these a message without question words may hold several: "cost and side effects".
_LOOSE = re.compile(r"\s*(?:,|;|/|&|\+|\band\b|\balso\b|\bplus\b|\bn\b|\bas well as\b)+\s*", re.IGNORECASE)
# What people say before and behind a question, which asks nothing by itself: "hi, is it safe", "sorry, what is it for, thanks".
_COURTESY = re.compile(
    r"(hi|hello|hey|hiya|heya|dear (doctor|nurse|all|team)|good (morning|afternoon|evening|day)|morning|evening)( there| all| doc| again)?|"
    r"(so )?sorry|excuse me|(many )?(thanks|thank you|thankyou|thx|ty|cheers|ta)( (so much|a lot|very much|in advance|again))?|please|pls|plz|"
    r"(just )?(a |one )?(quick |another |silly |stupid |daft )?(question|one|query)|(i'?m )?(just )?(wondering|curious)|i wonder|um+|erm*|well|right|yes|yeah|no|ok|okay|so",
    re.IGNORECASE,
)
# A message with more words than this is a story, and its parts are no questions by themselves.
MOST_LOOSE_WORDS = 14
# A question word and its verb stand at most this many words apart.
FAR = 5
# After these a question word goes on with the clause: "i don't know how often", "depends on when", "that's why".
_HOLDS = frozenset(
    [
        "know",
        "knows",
        "wonder",
        "wondering",
        "tell",
        "ask",
        "asking",
        "asked",
        "see",
        "sure",
        "understand",
        "remember",
        "explain",
        "explained",
        "about",
        "of",
        "on",
        "in",
        "at",
        "to",
        "for",
        "from",
        "with",
        "by",
        "like",
        "say",
        "said",
        "says",
        "told",
        "that",
        "thats",
        "is",
        "was",
        "are",
        "as",
        "than",
        "depends",
        "matter",
        "idea",
        "clue",
        "show",
        "me",
        "us",
        "you",
        "check",
        "find",
        "out",
        "explains",
        "reason",
        "and/or",
        "no",
        "every",
        "any",
        "exactly",
        "just",
        "even",
        "if",
        "unless",
        "until",
        "since",
        "or",
        "forget",
        "forgot",
        "confirm",
        "advise",
        "decide",
        "worked",
        "work",
        "means",
        "mean",
        "i'm",
    ]
)


@dataclass(frozen=True)
class Clause:
    """One question of a message, with what was told before it. ``asks``: it opens like a question or ends with a question mark."""

    text: str
    asks: bool


class ClauseSplitter:
    """The rules, compiled once."""

    def __init__(self) -> None:
        self._tokenize = english_whole_words()
        self._openings = Matcher(self._tokenize.vocab)
        self._openings.add("wh", [[{"LOWER": {"IN": _WH}}]])
        self._openings.add("inverted", [[{"LOWER": {"IN": _AUXILIARY}}, {"LOWER": {"IN": _SUBJECT}}]])
        self._openings.add("wh", [[{"LOWER": "any"}, {"LOWER": {"IN": _ANY}}]])
        # Behind a joiner any subject will do: "and does coeliac disease ..."
        auxiliary = [word for word in _AUXILIARY if word not in _MAIN_VERBS]
        self._openings.add("joined", [[{"LOWER": {"IN": _BEFORE_VERBS}}, {"LOWER": {"IN": auxiliary}}]])

    def split(self, text: str) -> list[Clause]:
        """Return the message's questions in order, one clause if it can't be told apart."""
        doc = self._tokenize(text)
        starts = self._starts(doc)
        pieces = [doc[start:end] for start, end in zip(starts, [*starts[1:], len(doc)], strict=True)]
        clauses: list[Clause] = []
        told = ""
        for piece in pieces:
            words = _trimmed(piece.text)
            if not words:
                continue
            # A lone question word belongs to what follows: "when and how do i get it".
            asks = self._asks(piece) and (len(words.split()) > 1 or words.endswith("?"))
            if asks:
                clauses.append(Clause(f"{told} {words}".strip(), asks))
                told = ""
            else:
                told = f"{told} {words}".strip()
        if told and clauses:
            # What is told last belongs to the question before it.
            clauses[-1] = Clause(f"{clauses[-1].text} {told}", clauses[-1].asks)
        if not 1 < len(clauses) <= MOST_CLAUSES:
            return [Clause(text, True)]
        return clauses

    def _starts(self, doc: Doc) -> list[int]:
        """Return the indices of the words with which a piece begins."""
        openings: dict[int, str] = {}
        for match, start, _ in self._openings(doc):
            name = self._tokenize.vocab.strings[match]
            openings[start + (name == "joined")] = "wh" if name == "wh" else "inverted"
        starts = [0]
        # Where the piece's question word stands that still waits for its verb ("how often | do i" is one question), and its last verb.
        waiting = verb = -FAR
        for index, token in enumerate(doc):
            if index and doc[index - 1].text[-1:] in _ENDS:
                starts.append(index)
                waiting = verb = -FAR
            kind = openings.get(index)
            if not kind:
                continue
            begin = index
            if kind == "wh" and begin - 1 > starts[-1] and doc[begin - 1].lower_ in _BEFORE_WH:
                before = doc[begin - 2]
                begin -= before.lower_ in _JOINERS or before.text == ","
            while begin > starts[-1] and (doc[begin - 1].lower_ in _JOINERS or doc[begin - 1].text == ","):
                begin -= 1
            joined = begin < index
            if (
                kind == "inverted"
                and not joined
                and (index - waiting <= FAR or index - verb < FAR or token.lower_ in _MAIN_VERBS)
            ):
                waiting, verb = -FAR, index
                continue
            held = index > 0 and doc[index - 1].lower_ in _HOLDS
            if begin > starts[-1] and (joined or not (held or token.lower_ == "when")):
                starts.append(begin)
            waiting, verb = (index, verb) if kind == "wh" else (-FAR, index)
        return list(dict.fromkeys(starts))

    def _asks(self, piece: Span) -> bool:
        if piece.text.rstrip().endswith("?"):
            return True
        if _REQUESTS.match(piece.text):
            return True
        words = [token.lower_ for token in piece if token.lower_ not in _JOINERS and token.text != ","]
        if words[:1] == ["any"]:
            return words[1:2] != [] and words[1] in _ANY
        if words and words[0] in _BEFORE_WH:
            words.pop(0)
            return words[:1] != [] and words[0] in _WH
        return bool(words) and words[0] in _OPENINGS


def loose(text: str) -> list[str]:
    """Return what stands between the "and"s and commas of a short message; nothing where it is long or has none.

    These are weak proposals: most messages with an "and" hold one question. Courtesies are none.
    """
    if len(text.split()) > MOST_LOOSE_WORDS:
        return []
    pieces = [_trimmed(part) for part in _LOOSE.split(text)]
    pieces = [piece for piece in pieces if piece and not _COURTESY.fullmatch(piece.strip(" .!?"))]
    return pieces if 1 < len(pieces) <= MOST_CLAUSES else []


def _trimmed(text: str) -> str:
    words = text.strip(" ,;\n\t").split()
    while words and words[0].lower().strip(",") in _JOINERS:
        words.pop(0)
    return " ".join(words)
