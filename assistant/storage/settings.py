"""What is kept and how long."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.engine import URL

from assistant import settings
from assistant.storage.keys import Keys

# Channels on which the next person stands at the same screen: words are never stored there.
WORDLESS_CHANNELS = frozenset({"kiosk"})
# A conversation that has rested so long has expired (domain.yml says 30 minutes); without words, it is kept no longer.
SESSION_SECONDS = 3600.0
_HOUR, _DAY = 3600.0, 86400.0


@dataclass(frozen=True)
class Kept:
    """How long things are kept.

    Attributes:
        conversation_seconds: conversations, with what people wrote.
        record_seconds: the records of turns, which hold no words.
        link_seconds: what tells which records belong to one conversation.
    """

    conversation_seconds: float = 24 * _HOUR
    record_seconds: float = 400 * _DAY
    link_seconds: float = 31 * _DAY

    def words(self, channel: str) -> bool:
        """Whether what people write on a channel is stored."""
        return self.conversation_seconds > 0 and channel not in WORDLESS_CHANNELS


def kept(environment: Mapping[str, str] = os.environ) -> Kept:
    """Read the settings. Raises AssistantError for a value that can't be right."""
    storage = settings.load(environment=environment).storage
    return Kept(storage.keep_hours * _HOUR, storage.keep_record_days * _DAY)


def words_can_be_deleted(url: URL, keys: Keys) -> bool:
    """Whether words that are deleted are gone from the disk.

    SQLite overwrites what is deleted. PostgreSQL leaves it in its files until it needs the room, so there words are stored only
    encrypted.
    """
    return url.get_backend_name() == "sqlite" or keys.encrypts
