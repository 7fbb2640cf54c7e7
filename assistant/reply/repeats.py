"""Each sentence is printed once in a reply, however many of its cards and notes say it."""

import re
from dataclasses import dataclass, field
from itertools import pairwise

_BETWEEN = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9\"'(])")
# A sentence that can't be told apart from the one before it: left alone it would speak of something else, or call for nothing.
_LEANS = re.compile(
    r"^(but|so|then|also|such|otherwise|after that|do the same|call|ring)\b"
    r"|\b(it|its|they|them|their|this|these|those|one|ones|he|she|others?)\b",
    re.IGNORECASE,
)


@dataclass
class Printed:
    """What a reply has said so far: its sentences, and which of them followed which."""

    sentences: set[str] = field(default_factory=set)
    pairs: set[tuple[str, str]] = field(default_factory=set)


def without_repeats(text: str, printed: Printed) -> str:
    """Return what is new in a paragraph, and note it as printed; empty where all of it was said.

    A sentence goes where it was said before, unless it leans on the one before it in other company ("It is usually mild"), or the
    next one would then lean on nothing.

    Args:
        text: the paragraph.
        printed: what the reply has said; changed.
    """
    sentences = _BETWEEN.split(text)
    pairs = list(pairwise(sentences))
    said: list[bool] = []
    for index, sentence in enumerate(sentences):
        alone = not _LEANS.search(sentence)
        with_last = index > 0 and said[-1] and pairs[index - 1] in printed.pairs
        said.append(sentence in printed.sentences and (alone or with_last))
    if all(sentence in printed.sentences for sentence in sentences):
        return ""
    for index, following in reversed(list(enumerate(sentences[1:]))):
        said[index] = said[index] and (said[index + 1] or not _LEANS.search(following))
    printed.sentences.update(sentences)
    printed.pairs.update(pairs)
    return " ".join(sentence for sentence, gone in zip(sentences, said, strict=True) if not gone)
