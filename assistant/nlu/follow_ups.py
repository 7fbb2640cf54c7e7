"""Understands a message that leans on what came before: "how long do they last", "and for my 8 year old", "why".

Two steps, both fitted on ``data/follow_ups/examples.yml`` by ``python -m assistant.nlu.follow_up_training``. A logistic regression
over the message's form says how far it leans. A conditional logit (McFadden 1974) over the topics then weighs three things, the
more of the latter two the more it leans: what the message means by itself, what it means read together with the last answer's
title, and that people stay with a topic or go on to a related one.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from scipy.special import expit, softmax

from assistant import paths
from assistant.nlu.topic_model import Prediction

WEIGHTS = paths.DATA / "follow_ups" / "weights.json"
# A topic that a reading finds impossible keeps this probability.
LEAST = 1e-4
# More words than this say enough by themselves.
MOST_WORDS = 12

# How a message begins that goes on with something.
_GOES_ON = re.compile(
    r"^(and|but|or|also|what about|wot about|how about|what if|even|same|so|then|ok and|ok but|oh and|with|without|for|in|if|"
    r"after|before|during|instead|only|still|else|which|why|since|until|till|like|as in|not even|does that|is that|do those|"
    r"do they|are they|will they|can they|how long do they|how come|such as|eg|any|both|either|the other|other)\b"
)
# Words that stand for something said before.
_STANDS_FOR = re.compile(
    r"\b(they|them|those|these|that|thats|this|ones|one|it|its|there|he|she|him|her|then|too|either|instead|same|other|others|"
    r"otherwise|both|neither|former|latter|second|first|last|bit|part|more|worse|better|longer|sooner|again)\b"
)
# Words that say by themselves what a question is about.
_NAMES = re.compile(
    r"\b(b12|b 12|vitamin|injections?|jabs?|shots?|needles?|tablets?|pills?|side effects?|deficien\w*|symptoms?|blood tests?|"
    r"levels?|anaemia|anemia|doses?|dosage|hurt|painful|sore|cost|price|vegan|diet|foods?|pregnan\w*|folate|folic|metformin|"
    r"omeprazole|allerg\w*|hydroxo\w*|cyano\w*|methyl\w*|pernicious|nerves?|tired\w*|energy|self inject\w*|travel|fridge|"
    r"private|privacy|nurse|pharmacist)\b"
)
_ASKS = re.compile(r"(how|what|why|who|where|when|can|do|does|is|are|will|should)\b")


@dataclass(frozen=True)
class Weights:
    """``signs`` and ``bias`` of the logistic regression; ``choice``: the conditional logit's factors (see ``_columns``)."""

    signs: tuple[float, ...]
    bias: float
    choice: tuple[float, ...]


@lru_cache(maxsize=1)
def weights() -> Weights:
    """Read the fitted weights once."""
    return read_weights(WEIGHTS)


def read_weights(path: Path) -> Weights:
    """Read fitted weights."""
    found = json.loads(path.read_text(encoding="utf-8"))
    return Weights(tuple(found["signs"]), float(found["bias"]), tuple(found["choice"]))


def may_lean(text: str) -> bool:
    """Tell whether a message is short enough to lean on what came before. ``text``: one question, normalised."""
    return 0 < len(_words(text)) <= MOST_WORDS


def signs(text: str, alone: Prediction, topics: frozenset[str]) -> list[float]:
    """Return the form of a message, for the regression.

    Args:
        text: one question, normalised.
        alone: what it means by itself.
        topics: the intents that have a card.
    """
    plain = " ".join(_words(text))
    count = len(plain.split())
    named = bool(_NAMES.search(plain))
    best, probability = alone.ranking[0]
    shares = np.array([value for _, value in alone.ranking])
    return [
        bool(_GOES_ON.match(plain)),
        bool(_STANDS_FOR.search(plain)),
        count <= 3,
        count <= 6,
        count > 10,
        named,
        probability,
        probability * named,
        alone.nearest,
        best not in topics,
        float(-(shares * np.log(shares + 1e-9)).sum()),
        bool(_ASKS.match(plain)),
    ]


def leaning(text: str, alone: Prediction, topics: frozenset[str], fitted: Weights) -> float:
    """Return how likely a message leans on what came before it. Arguments as of ``signs``."""
    return float(expit(np.dot(signs(text, alone, topics), fitted.signs) + fitted.bias))


def weigh(
    alone: Prediction,
    joined: Prediction,
    lean: float,
    before: str,
    related: Mapping[str, frozenset[str]],
    topics: frozenset[str],
    fitted: Weights,
) -> Prediction:
    """Return what a message means after an answer.

    Args:
        alone: what it means by itself.
        joined: what it means read together with the answer's title.
        lean: how far it leans, 0 to 1.
        before: the answer's topic.
        related: the topics that each card names as related.
        topics: the intents that have a card.
        fitted: the weights.
    """
    names = [name for name, _ in alone.ranking]
    shares = softmax(columns(alone, joined, lean, before, related, topics) @ np.array(fitted.choice))
    order = np.argsort(-shares, kind="stable")
    return Prediction(
        ranking=[(names[index], float(shares[index])) for index in order],
        kind=alone.kind,
        nearest=max(alone.nearest, joined.nearest),
        known=None,
    )


def columns(
    alone: Prediction,
    joined: Prediction,
    lean: float,
    before: str,
    related: Mapping[str, frozenset[str]],
    topics: frozenset[str],
) -> np.ndarray:
    """Return the conditional logit's features, (intents in the order of ``alone``, 9). Arguments as of ``weigh``.

    Read together with its title, a message nearly always seems to be about the last topic again. So that topic's share in the joined
    reading is a feature of its own, and among the others only their proportions count.
    """
    names = [name for name, _ in alone.ranking]
    own = np.array([value for _, value in alone.ranking])
    together = dict(joined.ranking)
    same = np.array([name == before for name in names], dtype=float)
    linked = np.array([name in related.get(before, ()) for name in names], dtype=float)
    others = np.array([together[name] if name in topics else value for name, value in alone.ranking]) * (1 - same)
    apart = (1 - same) * (np.log(np.maximum(others / max(others.sum(), LEAST), LEAST)) - np.log(LEAST) / 2)
    alike = np.log(np.maximum(own, LEAST))
    return np.stack(
        [
            alike,
            alike * lean,
            apart,
            apart * lean,
            same,
            same * lean,
            same * together.get(before, 0.0),
            linked,
            linked * lean,
        ],
        axis=1,
    )


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower().replace("'", ""))
