"""The readings of a message: as it stands, question by question, and together with what came before."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from assistant.guidance import library
from assistant.nlu.choices import choice, leaves_open, picked
from assistant.nlu.clauses import ClauseSplitter, loose
from assistant.nlu.follow_ups import may_lean
from assistant.nlu.normalise import normalise

READINGS = "readings"
# The slots with the topics of the last answer, with those that the last turn asked back about, and with those that it suggested.
TOPICS_SLOT = "topics"
OFFERED_SLOT = "offered"
SUGGESTED_SLOT = "suggested"
# All that is read of the conversation before the message. Nothing else in the pipeline reads any of it.
CONTEXT_SLOTS = (TOPICS_SLOT, OFFERED_SLOT, SUGGESTED_SLOT)


# "no i meant the tablets": after an answer, what follows is what is asked about.
_CORRECTION = re.compile(
    r"^((no+|nope|nah|sorry|actually|wait|oops|hang on)[ ,.!]*)*(i|what i|my question)( was| did)? ?(meant|mean|meaning|said)( was| to say| to ask)?( about)?[ ,:]+(?=\w)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Part:
    """One question of a message.

    Attributes:
        alone: the reading of the question by itself, an index into the readings' texts.
        joined: the reading together with what came before it (the last answer's title, or the question before it in the same
            message), or None where it can't lean on anything.
    """

    alone: int
    joined: int | None = None


@dataclass(frozen=True)
class Readings:
    """What may be encoded of a message. ``texts[0]`` is the whole message.

    Attributes:
        texts: all readings: the message and its questions by themselves first, then those that are seldom needed.
        whole: the message taken as one question, the first text.
        parts: its questions, where it may hold several; the texts behind it.
        loose: what stands between its "and"s, where no question words tell its questions apart; each by itself.
        before: the topics of the last answer.
        offered: the topics that the last turn asked back about.
        chosen: those of them, or of the ones suggested, that the message chooses, or the topic whose title it is; empty if it
            refuses all; None if it is no choice.
        open: it chooses of those offered, but doesn't say which: "both" of three.
    """

    texts: tuple[str, ...]
    whole: Part
    parts: tuple[Part, ...] = ()
    loose: tuple[Part, ...] = ()
    before: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()
    chosen: tuple[str, ...] | None = None
    open: bool = False

    @property
    def always_needed(self) -> int:
        """How many of the readings are: the message and its questions by themselves."""
        return 1 + len(self.parts)


def read(
    text: str,
    splitter: ClauseSplitter,
    before: tuple[str, ...],
    offered: tuple[str, ...],
    titles: dict[str, str],
    suggested: tuple[str, ...] = (),
) -> Readings:
    """Return a message's readings.

    Args:
        text: the message, normalised.
        splitter: finds its questions.
        before: the topics of the last answer.
        offered: the topics that the last turn asked back about.
        titles: each topic's title, which stands for it in a joined reading.
        suggested: the topics that stood below the last reply, where it neither answered nor asked back.
    """
    text = _CORRECTION.sub("what about ", text) if before else text
    # A button sends its card's title.
    titled = next((topic for topic, title in titles.items() if _plain_title(title) == text.lower()), None)
    chosen = (titled,) if titled else choice(text, offered) if offered else picked(text, suggested)
    if chosen is not None or leaves_open(text, offered):
        return Readings((text,), Part(0), before=before, offered=offered, chosen=chosen, open=chosen is None)
    title = titles.get(before[-1]) if before else None
    clauses = [clause.text for clause in splitter.split(text)]
    several = len(clauses) > 1
    apart = zip(clauses, [title, *clauses], strict=False) if several else [(piece, None) for piece in loose(text)]
    questions = [(text, title), *apart]
    texts = [words for words, _ in questions]
    parts = []
    for index, (words, context) in enumerate(questions):
        leans = bool(context) and may_lean(words)
        parts.append(Part(index, len(texts) if leans else None))
        if leans:
            texts.append(f"{context} {words}")
    whole, *others = parts
    return Readings(
        tuple(texts), whole, tuple(others) if several else (), () if several else tuple(others), before, offered
    )


@lru_cache(maxsize=500)
def _plain_title(title: str) -> str:
    return normalise(title).lower()


def texts_of(message: Message) -> list[str]:
    """Return the texts of a message that are encoded whatever comes of it: the readings always needed, or just its text in training."""
    found: Readings | None = message.get(READINGS)
    return list(found.texts[: found.always_needed]) if found else [message.get(TEXT)]


def _with_generic_names(message: Message) -> str:
    """Return a message's text with "omeprazole" for "losec": the training questions can't hold every brand and misspelling."""
    text = str(message.get(TEXT) or "")
    for found in sorted(message.get(ENTITIES) or [], key=lambda one: -int(one["start"])):
        if found["entity"] in ("medicine", "form"):
            text = text[: found["start"]] + found["value"] + text[found["end"] :]
    return text


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class MessageReader(GraphComponent):
    """Puts each message's readings beside its text, for the featurizers and the classifier."""

    def __init__(self) -> None:
        self._splitter = ClauseSplitter()
        self._titles = {topic: str(card["title"]) for topic, card in library.card_data().items()}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "MessageReader":
        """Create the component (see Rasa's GraphComponent)."""
        return cls()

    def process(self, messages: list[Message], tracker: DialogueStateTracker) -> list[Message]:
        """Set each message's readings. ``tracker``: the conversation so far, for what was answered, offered and suggested last."""
        before = tuple(tracker.get_slot(TOPICS_SLOT) or ())
        offered = tuple(tracker.get_slot(OFFERED_SLOT) or ())
        suggested = tuple(tracker.get_slot(SUGGESTED_SLOT) or ())
        for message in messages:
            text = _with_generic_names(message)
            message.set(READINGS, read(text, self._splitter, before, offered, self._titles, suggested))
        return messages
