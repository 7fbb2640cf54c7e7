"""spaCy's blank English pipeline, made once: each takes 0.2 seconds and several megabytes."""

from functools import lru_cache

import spacy
from spacy.language import Language


@lru_cache(maxsize=1)
def english() -> Language:
    """Return the pipeline with spaCy's exceptions: "can't" is two words."""
    return spacy.blank("en")


@lru_cache(maxsize=1)
def english_whole_words() -> Language:
    """Return the pipeline without them: spaCy would split "cant" and "im" in two."""
    language = spacy.blank("en")
    language.tokenizer.rules = {}  # type: ignore[union-attr]
    return language
