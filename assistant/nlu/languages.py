"""Which language a message is in that isn't English."""

from functools import lru_cache
from importlib.resources import files
from typing import Any

# Below this, short or mixed texts are too often taken for another language.
_LEAST = 0.8
# Varieties whose readers read the standard language.
_VARIETIES = {"wuu": "zh", "yue": "zh", "ary": "ar", "arz": "ar"}


@lru_cache(maxsize=1)
def identifier() -> Any:
    """Load what tells languages apart, once: at the first message in another language, since it takes a second and 100 MB."""
    from py3langid.langid import LanguageIdentifier

    return LanguageIdentifier.from_modelpath(str(files("py3langid") / "data" / "model.npz.xz"), norm_probs=True)


def language_of(text: str) -> str | None:
    """Return the language's code (ISO 639-1), or None where it isn't clear.

    Args:
        text: a message that was found not to be English.
    """
    shares: dict[str, float] = {}
    for language, probability in identifier().rank(text):
        standard = _VARIETIES.get(language, language)
        shares[standard] = shares.get(standard, 0.0) + float(probability)
    best = max(shares, key=lambda language: shares[language])
    return best if shares[best] >= _LEAST else None
