"""The channel's secrets and addresses, from the environment: they have no place in a file of the project."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from assistant import settings
from assistant.errors import AssistantError

TELEGRAM = "https://api.telegram.org"
_TOKEN = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]{3,200}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


@dataclass(frozen=True)
class Settings:
    """What the channel needs to know. The secrets are kept out of every printed form."""

    token: str = field(repr=False)
    api_base: str = TELEGRAM
    webhook_url: str = ""
    webhook_secret: str = field(default="", repr=False)
    groups: bool = False
    secret: str = field(default="", repr=False)

    @property
    def bot_id(self) -> int:
        """The bot's number, which the token begins with."""
        return int(self.token.split(":")[0])


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings | None:
    """Read the settings.

    Returns:
        None where there is no ``TELEGRAM_BOT_TOKEN``: then there is no bot.

    Raises:
        AssistantError: a value can't be right; the message says which, and never repeats a secret.
    """

    def read(name: str) -> str:
        return environment.get(name, "").strip()

    token = read("TELEGRAM_BOT_TOKEN")
    if not token:
        return None
    if not _TOKEN.fullmatch(token):
        raise AssistantError(
            "TELEGRAM_BOT_TOKEN is not a bot's token. Copy the whole line that BotFather gave: 123456:ABC..."
        )
    secret = read("TELEGRAM_WEBHOOK_SECRET")
    if secret and not _SECRET.fullmatch(secret):
        raise AssistantError("TELEGRAM_WEBHOOK_SECRET may hold 1 to 256 letters, digits, '_' and '-', nothing else.")
    base, url = read("TELEGRAM_API_BASE").rstrip("/") or TELEGRAM, read("TELEGRAM_WEBHOOK_URL")
    if not base.startswith(("https://", "http://")):
        raise AssistantError("TELEGRAM_API_BASE must begin with https:// or http://.")
    # Only a Bot API server of one's own calls plain http.
    if url and not url.startswith("https://") and not (base != TELEGRAM and url.startswith("http://")):
        raise AssistantError("TELEGRAM_WEBHOOK_URL must begin with https://, and end with /webhooks/telegram/webhook.")
    groups = settings.load(environment=environment).telegram.groups
    return Settings(token, base, url, secret, groups, read("B12_SECRET"))
