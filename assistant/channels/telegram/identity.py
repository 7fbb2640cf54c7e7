"""Keys, and the ids that stand in place of Telegram's: nobody can tell from a conversation's id whose it is."""

import base64
import hmac

from assistant.channels.telegram.settings import Settings

# 128 bits: no two people meet by chance, and the id stays short.
_ID_DIGITS = 32


def conversation(settings: Settings, chat: int, user: int) -> str:
    """Return the conversation's id: a keyed hash, so each member of a group has a conversation of their own."""
    return "tg:" + _derived(settings, f"conversation {chat} {user}").hex()[:_ID_DIGITS]


def chat_key(settings: Settings, chat: int) -> str:
    """Return what a chat is called in the queue."""
    return _derived(settings, f"chat {chat}").hex()[:_ID_DIGITS]


def queue_key(settings: Settings) -> bytes:
    """Return the key that what waits in the queue is encrypted with."""
    return base64.urlsafe_b64encode(_derived(settings, "queue"))


def webhook_secret(settings: Settings) -> str:
    """Return what Telegram sends along with each update: the secret that was set, or one derived for this bot."""
    return settings.webhook_secret or _derived(settings, "webhook").hex()


def _derived(settings: Settings, purpose: str) -> bytes:
    key = (settings.secret or settings.token).encode()
    return hmac.digest(key, f"telegram {settings.bot_id} {purpose}".encode(), "sha256")
