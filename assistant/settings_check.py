"""``b12 settings``: what is wrong with the settings, what is doubtful, and which are in force."""

import difflib
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant import paths, settings
from assistant.channels.telegram import settings as telegram_settings
from assistant.errors import AssistantError, ContentError
from assistant.secret import secret
from assistant.settings import Clinic
from assistant.settings_sources import PREFIX, Given, leaves, variable
from assistant.storage import database, redis
from assistant.storage.keys import Keys
from assistant.web import staff
from assistant.yaml_lines import Key

# Secrets, and addresses of services, which may hold one: only in the environment.
SECRETS = (
    "DATABASE_URL",
    "REDIS_URL",
    "B12_SECRET",
    "B12_STORAGE_KEY",
    "B12_STAFF_PASSWORD",
    "TELEGRAM_BOT_TOKEN",
    "TELEGRAM_WEBHOOK_SECRET",
    "TELEGRAM_WEBHOOK_URL",
    "TELEGRAM_API_BASE",
)
# Of the process itself.
_PROCESS = ("B12_CLINIC", "B12_NLU_WORKERS", "PROMETHEUS_MULTIPROC_DIR")
_OPEN = frozenset({"TELEGRAM_WEBHOOK_URL", "TELEGRAM_API_BASE"})
# Of this length and with so many different characters a secret can't be guessed; `openssl rand -hex 32` gives 64 and some 16.
_STRONG, _DIFFERENT = 32, 10
# Kubernetes tells each container of every service by such names.
_SERVICE = re.compile(r"_(SERVICE_HOST|SERVICE_PORT(_.+)?|PORT|PORT_\d+_.+)$")


@dataclass(frozen=True)
class Setting:
    """A setting in force: its name, its value as it may be shown, and where that comes from."""

    name: str
    value: str
    source: str


def mistakes(environment: Mapping[str, str] = os.environ) -> list[AssistantError]:
    """Return everything that stops the start."""
    try:
        problems = settings.read(environment=environment).problems
    except ContentError as error:  # no YAML at all
        problems = [error]
    given_secret = bool(environment.get("B12_SECRET", "").strip())
    # Only the storage key is tried by this; without a secret a file would be made.
    with_secret = {**environment, "B12_SECRET": "0" * _STRONG}
    tried: list[Callable[[], Any]] = [
        lambda: database.database_url(environment),
        lambda: _redis(environment),
        lambda: secret(environment) if given_secret or _secret_file().exists() else None,
        lambda: Keys(with_secret),
        lambda: staff.password(environment),
    ]
    if not problems:  # Telegram's read some of the file
        tried.append(lambda: telegram_settings.from_environment(environment))
    seen = {str(problem) for problem in problems}
    for attempt in tried:
        try:
            attempt()
        except AssistantError as error:
            if str(error) not in seen:
                problems.append(error)
                seen.add(str(error))
    return problems


def _redis(environment: Mapping[str, str]) -> None:
    address = redis.url(environment)
    if address:
        redis.Shared(address)


def doubts(environment: Mapping[str, str] = os.environ) -> list[str]:
    """Return what works and is probably not meant. The settings must be free of mistakes."""
    given = settings.read(environment=environment)
    assert given.settings
    return [*_clinic(given, given.settings), *_services(environment), *_names(environment)]


def _clinic(given: Given[Clinic], clinic: Clinic) -> Iterator[str]:
    def at(*key: str) -> str:
        return given.variables.get(key) or f"{paths.shown(given.document.path)}:{given.document.line(*key)}"

    if clinic.name == "your clinic":
        yield f"{at('name')}: the name is still 'your clinic'. Write whom people reach."
    if clinic.phone is None:
        yield f"{at('phone')}: no phone is set, so nobody is told how to reach you. Write a number as people dial it."
    if clinic.web.public_url is None:
        yield f"{at('web', 'public_url')}: not set, so printed answers carry no QR code and no link. Write where people reach this server."
    elif clinic.web.public_url.startswith("http://"):
        yield f"{at('web', 'public_url')}: people reach this server without encryption. Put TLS in front, and write https://."
    if clinic.channels.web and not clinic.web.sites:
        yield f"{at('web', 'sites')}: empty, so no website may show the chat. Write your websites' addresses, or turn channels.web off."


def _services(environment: Mapping[str, str]) -> Iterator[str]:
    url = database.database_url(environment)
    if url.get_backend_name() == "postgresql":
        if not environment.get("B12_STORAGE_KEY", "").strip():
            yield "B12_STORAGE_KEY: not set, so no words are kept on PostgreSQL. Make a key: b12 new-key"
        if not environment.get("B12_SECRET", "").strip():
            yield "B12_SECRET: not set, so each replica makes its own and refuses the others' chats. Set one: openssl rand -hex 32"
        if not redis.url(environment):
            yield "REDIS_URL: not set, so only one process may answer. Set it where there are replicas."
    given = environment.get("B12_SECRET", "").strip()
    if given and (len(given) < _STRONG or len(set(given)) < _DIFFERENT):
        yield f"B12_SECRET: easy to guess. Use {_STRONG} random characters or more: openssl rand -hex 32"
    if environment.get("TELEGRAM_WEBHOOK_URL", "").strip() and not environment.get("TELEGRAM_BOT_TOKEN", "").strip():
        yield "TELEGRAM_WEBHOOK_URL: set, but TELEGRAM_BOT_TOKEN isn't, so Telegram is off. Set both (docs/telegram.md)."


def known() -> list[str]:
    """Return the name of every variable that is read."""
    rule = [variable(key) for key, _ in leaves(Clinic)]
    return [*rule, *settings.OLDER_NAMES, *SECRETS, *_PROCESS]


def _names(environment: Mapping[str, str]) -> Iterator[str]:
    names = known()
    for name in sorted(environment):
        if name.startswith((PREFIX, "TELEGRAM_")) and name not in names and not _SERVICE.search(name):
            near = difflib.get_close_matches(name, names, 1)
            meant = f" Did you mean {near[0]}?" if near else " Take it out."
            yield f"{name}: nothing reads this variable.{meant}"
    for older, key in settings.OLDER_NAMES.items():
        if environment.get(older, "").strip() and environment.get(variable(key), "").strip():
            yield f"{older}: {variable(key)} is set too, and wins. Take one out."


def shown(environment: Mapping[str, str] = os.environ) -> list[Setting]:
    """Return all settings in force. Raises AssistantError for the first that can't be right."""
    given = settings.read(environment=environment)
    if given.settings is None:
        raise given.problems[0]
    found = [_setting(key, given, given.settings) for key, _ in leaves(Clinic)]
    return [*found, *(_of_environment(name, environment) for name in (*SECRETS, *_PROCESS))]


def _setting(key: Key, given: Given[Clinic], clinic: Clinic) -> Setting:
    value: Any = clinic
    for part in key:
        value = getattr(value, str(part))
    text = ", ".join(value) or "none" if isinstance(value, list) else _plain(value)
    if key in given.variables:
        source = given.variables[key]
    elif key in given.document.lines:
        source = f"{paths.shown(given.document.path)}:{given.document.line(*key)}"
    else:
        source = "default"
    return Setting(".".join(map(str, key)), text, source)


def _plain(value: Any) -> str:
    if value is None:
        return "not set"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _of_environment(name: str, environment: Mapping[str, str]) -> Setting:
    text = environment.get(name, "").strip()
    if name == "DATABASE_URL":
        url = database.database_url(environment)
        return Setting(name, f"{url.get_backend_name()}: {database.shown(url)}", "environment" if text else "default")
    if name == "B12_SECRET" and not text:
        return Setting(
            name, "hidden" if _secret_file().exists() else "made at the first start", paths.shown(_secret_file())
        )
    if not text:
        return Setting(name, "not set", "default")
    return Setting(name, text if name in _OPEN or name in _PROCESS else "hidden", "environment")


def _secret_file() -> Path:
    return paths.ROOT / "var" / "secret"
