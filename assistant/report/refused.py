"""What was refused or asked back about, grouped by meaning: what the assistant could learn next.

Read from the stored conversations, so as long as words are kept: a day, masked. Nothing of it is written anywhere.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from assistant.nlu import adapter, minilm
from assistant.nlu.normalise import normalise
from assistant.storage.keys import Keys, UnreadableError
from assistant.storage.tables import history

Encode = Callable[[Sequence[str]], np.ndarray]

# The replies that leave a question open, as people read them.
KINDS = {"out_of_scope": "refused", "clarify": "asked back"}
# Messages whose groups lie nearer than this (1 - cosine, on the average of all pairs) mean the same.
NEAR = 0.35
# So many different texts are grouped, the newest first: the distances of all pairs must fit in memory (72 MB).
MOST_TEXTS = 3000


@dataclass(frozen=True)
class Refused:
    """A message as it is stored, and the kind of its reply."""

    text: str
    kind: str


@dataclass(frozen=True)
class Group:
    """Messages that mean the same.

    Attributes:
        texts: the different texts, the one that stands for them first, then the most frequent.
        kinds: how many messages got which kind of reply.
    """

    texts: tuple[str, ...]
    kinds: Counter[str]

    @property
    def count(self) -> int:
        """How many messages."""
        return self.kinds.total()


def read(connection: Connection, keys: Keys) -> list[Refused]:
    """Return the stored messages that were refused or asked back about, the newest first.

    What is encrypted with a key that isn't there any more is left out, and so is what was stored without words.
    """
    bodies = connection.execute(sa.select(history.c.body).order_by(history.c.number.desc())).scalars()
    return [message for body in bodies for message in _messages(bytes(body), keys)]


def _messages(body: bytes, keys: Keys) -> Iterator[Refused]:
    try:
        events = json.loads(keys.opened(body))["events"]
    except UnreadableError:
        return
    text = ""
    for event in events:
        if event["event"] == "user":
            text = event["text"]
        elif event["event"] == "bot" and text:
            kind = event["data"]["custom"].get("kind")
            if kind in KINDS:
                yield Refused(text, kind)
            text = ""


def grouped_refusals(messages: Sequence[Refused], encode: Encode) -> list[Group]:
    """Return the messages in groups that mean the same, the largest first.

    Args:
        messages: the newest first.
        encode: turns texts into vectors of length 1, (texts, numbers).
    """
    kinds: dict[str, Counter[str]] = {}
    for message in messages:
        text = " ".join(normalise(message.text).split())
        if text in kinds or len(kinds) < MOST_TEXTS:
            kinds.setdefault(text, Counter())[message.kind] += 1
    texts = list(kinds)
    if not texts:
        return []
    vectors = encode(texts)
    labels = _labels(vectors)
    groups = []
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        middle = vectors[members].mean(axis=0)
        first = int(members[np.argmax(vectors[members] @ middle)])
        rest = sorted((int(one) for one in members if one != first), key=lambda one: -kinds[texts[one]].total())
        counted = sum((kinds[texts[one]] for one in members), Counter())
        groups.append(Group((texts[first], *(texts[one] for one in rest)), counted))
    return sorted(groups, key=lambda group: (-group.count, group.texts[0]))


def _labels(vectors: np.ndarray) -> np.ndarray:
    """Return the number of its group for each of ``vectors`` (texts, numbers)."""
    from sklearn.cluster import AgglomerativeClustering

    if len(vectors) == 1:
        return np.zeros(1, dtype=int)
    grouping = AgglomerativeClustering(
        n_clusters=None, distance_threshold=NEAR, metric="cosine", linkage="average", compute_full_tree=True
    )
    return np.asarray(grouping.fit_predict(vectors))


def encoder() -> Encode:
    """Return the sentence encoder that the model uses."""
    return minilm.Encoder(minilm.build_graph(minilm.adapted(minilm.read_weights(), adapter.read()))).encode
