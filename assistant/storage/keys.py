"""The hashes that stand in place of people's ids, and the encryption of what is stored, by keys from the environment."""

import hmac
import os
from collections.abc import Mapping

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from assistant.errors import AssistantError
from assistant.secret import derived, secret

# 128 bits: no two conversations meet by chance.
_HASH_DIGITS = 32
# How a body that was stored without encryption begins: it is a JSON object.
_PLAIN = b"{"


class UnreadableError(Exception):
    """What was stored can't be read with the present keys."""


class Keys:
    """The keys of one installation; all its replicas must have the same."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        """Read them.

        Args:
            environment: ``B12_SECRET``, for the hashes (see ``assistant.secret``). ``B12_STORAGE_KEY``: Fernet keys with commas between
                them; the first encrypts, all decrypt.

        Raises:
            AssistantError: a storage key isn't one. The message doesn't repeat it.
        """
        self._secret = derived("stored ids", secret(environment))
        given = [key.strip() for key in environment.get("B12_STORAGE_KEY", "").split(",") if key.strip()]
        try:
            self._fernet = MultiFernet([Fernet(key) for key in given]) if given else None
        except ValueError:
            raise AssistantError(
                "B12_STORAGE_KEY holds something that is not a key. Make one with: b12 new-key (several: commas between them)"
            ) from None

    @property
    def encrypts(self) -> bool:
        """Whether there is a storage key."""
        return self._fernet is not None

    def hashed(self, purpose: str, sender: str) -> str:
        """Return the hash that stands for a sender in one table: 32 hexadecimal digits, others for each purpose."""
        text = f"{purpose}\0{sender}".encode(errors="surrogatepass")
        return hmac.digest(self._secret, text, "sha256").hex()[:_HASH_DIGITS]

    def sealed(self, body: bytes) -> bytes:
        """Return what to store for a JSON object."""
        return self._fernet.encrypt(body) if self._fernet else body

    def opened(self, stored: bytes) -> bytes:
        """Return the JSON object that was stored. Raises UnreadableError when its key isn't there any more."""
        if stored.startswith(_PLAIN):
            return stored
        try:
            if self._fernet:
                return self._fernet.decrypt(stored)
        except InvalidToken:
            pass
        raise UnreadableError
