"""spaCy's English tokenizer, with and without its exceptions; each is made once."""

from functools import lru_cache

import spacy
from spacy.language import Language
from spacy.tokenizer import Tokenizer


@lru_cache(maxsize=1)
def english() -> Language:
    """Return the pipeline with spaCy's exceptions: "can't" is two words."""
    return spacy.blank("en")


@lru_cache(maxsize=1)
def english_whole_words() -> Tokenizer:
    """Return the same tokenizer without them: spaCy would split "cant" and "im" in two.

    It shares the other's vocabulary and patterns, since a second pipeline takes half a second.
    """
    language = english()
    full = language.tokenizer
    assert isinstance(full, Tokenizer)
    return Tokenizer(
        language.vocab,
        rules={},
        prefix_search=full.prefix_search,
        suffix_search=full.suffix_search,
        infix_finditer=full.infix_finditer,
        token_match=full.token_match,
        url_match=full.url_match,
    )
