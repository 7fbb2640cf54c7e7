"""What people write, before it reaches Rasa."""

import re
import unicodedata

# A slash at the front makes a text a command for Rasa, also behind characters that nobody sees.
_SLASHES = re.compile(
    r"^[\s/\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]+"
)
# Controls and lone surrogates: no keyboard makes them, and some of them break a database or a log.
_DROPPED = {"Cc", "Cs"}
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def harmless(text: str) -> str:
    """Return a text that Rasa can't take for one of its own commands, which begin with a slash."""
    return _SLASHES.sub("", text).strip() or "?"


def cleaned(text: str) -> str:
    """Return a text in Unicode form NFC, without control characters, lone surrogates and marks that turn the writing round."""
    spaced = text.replace("\r\n", "\n").replace("\t", " ")
    kept = (
        char for char in spaced if char == "\n" or (unicodedata.category(char) not in _DROPPED and char not in _BIDI)
    )
    return unicodedata.normalize("NFC", "".join(kept)).strip()
