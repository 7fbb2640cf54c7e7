"""``b12 doctor``: looks at the whole installation, one small check after the other, and says how to mend what it finds."""

import asyncio
import importlib
import importlib.metadata
import os
import platform
import shutil
import socket
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal

import httpx
import sqlalchemy as sa
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from assistant import checks, models, paths, settings_check
from assistant.channels.telegram import settings as telegram_settings
from assistant.errors import AssistantError
from assistant.guidance import library as guidance
from assistant.storage import database, redis
from assistant.storage.keys import Keys, UnreadableError
from assistant.storage.tables import history, turns
from assistant.web.assets import Assets

State = Literal["ok", "warning", "failed"]

# What must be importable for a server to start.
_IMPORTED = ("rasa", "sanic", "spacy", "onnxruntime", "sqlalchemy", "redis", "cryptography", "telegram", "jinja2")
# What one server takes, and what it takes while it loads a new version beside the present one, in MB.
_ONE_MODEL, _TWO_MODELS = 700, 1400
# Free disk: below the first nothing can be relied on, below the second it is time to look, in MB.
_LEAST_DISK, _LITTLE_DISK = 200, 2000
_WAIT_SECONDS = 5.0
# How far the clocks of the database's machine and of this one may be apart, in seconds.
_CLOCKS_APART = 60
# Programs that some parts need, with what is missing without them.
_TOOLS = {
    "npm": "make web can't build the pages (a release has them built)",
    "espeak-ng": "make audio can't render the kiosk's voice",
    "opusenc": "make audio can't render the kiosk's voice (opus-tools)",
    "chromium": "this machine can't show the kiosk",
}


@dataclass(frozen=True)
class Finding:
    """What a check found: its name, how it stands, what was seen, and how to mend it where it isn't well."""

    name: str
    state: State
    seen: str
    mend: str = ""


@dataclass(frozen=True)
class Place:
    """Where the server listens, or would."""

    host: str
    port: int


Check = Callable[[], Finding]


def examine(place: Place, *, quick: bool = False) -> Iterator[Finding]:
    """Make every check and return what each found; one that breaks is a finding too.

    Args:
        place: where the server listens, or would.
        quick: leave out loading the model and asking it the golden questions.
    """
    every: list[tuple[str, Check]] = [
        ("Python", python),
        ("packages", packages),
        ("settings", settled),
        ("content", content),
        ("model", model if quick else loaded_model),
        ("pages", pages),
        ("database", stored),
        ("disk", disk),
        ("Redis", shared),
        ("keys", keys),
        ("Telegram", telegram),
        ("clock", clock),
        ("memory", lambda: memory(place)),
        ("port", lambda: port(place)),
        ("tools", tools),
    ]
    for name, check in every:
        try:
            yield check()
        except AssistantError as error:
            yield Finding(name, "failed", str(error), "see what was found")
        except Exception as error:  # whatever breaks here, the other checks still help
            yield Finding(
                name, "failed", f"the check broke with {type(error).__name__}", "report it, with what you did"
            )


def python() -> Finding:
    """Look at Python and the machine."""
    seen = f"{platform.python_version()} on {sys.platform} {platform.machine()}"
    if sys.version_info[:2] != (3, 11):
        return Finding("Python", "failed", seen, "use Python 3.11: make install fetches it")
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        return Finding("Python", "failed", seen, "use Linux on x86-64; the packages are pinned for it")
    return Finding("Python", "ok", seen)


def packages(lock: Path = paths.ROOT / "uv.lock") -> Finding:
    """Compare what is installed with the pins, and import what a server can't do without."""
    pins = {package["name"]: package.get("version") for package in tomllib.loads(lock.read_text())["package"]}
    installed = {
        one.metadata["Name"].lower().replace("_", "-"): one.version for one in importlib.metadata.distributions()
    }
    mend = "install what is pinned: make install (or uv sync --frozen)"
    other = sorted(
        f"{name} {installed[name]} in place of {pins[name]}"
        for name in pins
        if pins[name] and installed.get(name, pins[name]) != pins[name]
    )
    if other:
        return Finding("packages", "failed", "; ".join(other[:3]), mend)
    for name in _IMPORTED:
        try:
            importlib.import_module(name)
        except Exception as error:
            return Finding("packages", "failed", f"{name} can't be imported ({type(error).__name__})", mend)
    return Finding("packages", "ok", f"{len(set(pins) & set(installed))} as uv.lock pins them")


def settled() -> Finding:
    """Look at the settings."""
    mistakes = settings_check.mistakes()
    if mistakes:
        return Finding(
            "settings", "failed", f"{len(mistakes)} mistakes, first: {mistakes[0]}", "b12 settings check lists them"
        )
    doubts = settings_check.doubts()
    if doubts:
        return Finding(
            "settings", "warning", f"{len(doubts)} doubtful, first: {doubts[0]}", "b12 settings check lists them"
        )
    return Finding("settings", "ok", "without a mistake")


def content() -> Finding:
    """Check the cards, facts, questions and whatever else ``b12 check`` looks at."""
    problems = checks.check()
    if problems:
        return Finding("content", "failed", f"{len(problems)} problems, first: {problems[0]}", "b12 check lists them")
    return Finding("content", "ok", checks.summary())


def model() -> Finding:
    """Look whether there is a model for the present data."""
    path = models.to_serve()
    tested = models.in_use()
    return Finding(
        "model",
        "ok",
        f"{path.name} fits the data" + ("" if tested else "; b12 upgrade has not tested it against another"),
    )


def loaded_model() -> Finding:
    """Load the model and ask it the golden questions."""
    there = model()
    from assistant import logs, quiet, training_imports

    quiet.settle()
    training_imports.defer()
    logs.configure()
    from assistant.server import load_agent

    asyncio.run(load_agent(models.to_serve()))
    return Finding("model", "ok", f"{there.seen}, loads and passes the golden questions")


def pages() -> Finding:
    """Look whether the widget and the kiosk are built."""
    found = Assets()
    if not found.built:
        return Finding(
            "pages", "warning", "the chat widget and the kiosk are not built", "make web (needs Node 20 with npm)"
        )
    return Finding("pages", "ok", "the widget and the kiosk are built")


def stored() -> Finding:
    """Look whether the database can be reached, is up to date and can be written."""
    url = database.database_url()
    name, where = "database", database.shown(url)
    file = Path(str(url.database)) if url.get_backend_name() == "sqlite" else None
    if file and not file.exists():
        return _not_made_yet(file, where)
    engine = database.create_engine(url)
    try:
        with engine.connect() as connection:
            revision = MigrationContext.configure(connection).get_current_revision()
            if revision not in _revisions():
                return Finding(
                    name, "warning", f"{where}: its tables are of another release ({revision})", "b12 migrate"
                )
            if revision != _revisions()[0]:
                return Finding(name, "warning", f"{where}: its tables are of an older release", "b12 migrate")
            connection.execute(
                sa.delete(turns).where(turns.c.id == "b12 doctor")
            )  # deletes nothing, and needs the right to
            connection.rollback() if hasattr(connection, "rollback") else None
    except (SQLAlchemyError, OSError) as error:
        return Finding(
            name,
            "failed",
            f"{where}: {type(error).__name__}. People are answered all the same, and nothing is kept",
            "start it; check DATABASE_URL, and that its user may read and write (see docs/operations.md)",
        )
    finally:
        engine.dispose()
    return Finding(name, "ok", f"{where} is up to date and can be written")


def _not_made_yet(file: Path, where: str) -> Finding:
    folder = next(folder for folder in file.parents if folder.exists())
    if os.access(folder, os.W_OK):
        return Finding("database", "ok", f"{where} is made at the first start")
    return Finding(
        "database",
        "failed",
        f"{where}: {folder} can't be written",
        "let the assistant write there, or set DATABASE_URL",
    )


def _revisions() -> list[str]:
    """Return the known states of the tables, the newest first."""
    config = Config()
    config.set_main_option("script_location", str(Path(database.__file__).parent / "migrations"))
    return [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]


def disk() -> Finding:
    """Look how much room there is where things are kept and where models are unpacked."""
    url = database.database_url()
    kept = Path(str(url.database)).parent if url.get_backend_name() == "sqlite" else paths.ROOT / "var"
    folders = [kept, Path(os.environ.get("TMPDIR", "/tmp")), paths.MODELS]  # noqa: S108 (only looked at)
    free = {
        folder: shutil.disk_usage(next(one for one in (folder, *folder.parents) if one.exists())).free // 1_000_000
        for folder in folders
    }
    folder, least = min(free.items(), key=lambda one: one[1])
    seen, mend = f"{least:,} MB free in {paths.shown(folder)}", "make room: old models in models/ may go"
    return Finding("disk", "failed" if least < _LEAST_DISK else "warning" if least < _LITTLE_DISK else "ok", seen, mend)


def shared() -> Finding:
    """Ask Redis, where one is set."""
    address = redis.url()
    if not address:
        return Finding("Redis", "ok", "not set; one process needs none")

    async def ask() -> None:
        connection = redis.Shared(address or "")
        try:
            await connection.client.ping()
        finally:
            await connection.close()

    try:
        asyncio.run(ask())
    except (RedisError, OSError, TimeoutError) as error:
        return Finding(
            "Redis", "failed", f"it doesn't answer ({type(error).__name__})", "start it, and check REDIS_URL"
        )
    return Finding("Redis", "ok", "answers")


def keys() -> Finding:
    """Look whether the keys can be used, and whether what was stored last can be read with them."""
    environment = dict(os.environ)
    if not environment.get("B12_SECRET") and not (paths.ROOT / "var" / "secret").exists():
        environment["B12_SECRET"] = "0" * 32  # looking makes no file
    found = Keys(environment)
    newest = _newest_body()
    if newest is not None:
        try:
            found.opened(newest)
        except UnreadableError:
            return Finding(
                "keys",
                "failed",
                "what was stored last is encrypted with another key",
                "put the older key behind the new one in B12_STORAGE_KEY, with a comma",
            )
    return Finding(
        "keys", "ok", "conversations are " + ("encrypted" if found.encrypts else "not encrypted (no B12_STORAGE_KEY)")
    )


def _newest_body() -> bytes | None:
    url = database.database_url()
    if url.get_backend_name() == "sqlite" and not Path(str(url.database)).exists():
        return None
    engine = database.create_engine(url)
    try:
        with engine.connect() as connection:
            body = connection.execute(sa.select(history.c.body).order_by(history.c.at.desc()).limit(1)).scalar()
            return bytes(body) if body is not None else None
    except (SQLAlchemyError, OSError):  # that is for the check of the database to say
        return None
    finally:
        engine.dispose()


def telegram() -> Finding:
    """Ask Telegram who the bot is, where there is one. Neither the token nor what Telegram says stands in the finding."""
    given = telegram_settings.from_environment()
    if given is None:
        return Finding("Telegram", "ok", "off: no TELEGRAM_BOT_TOKEN")
    try:
        answer = httpx.get(f"{given.api_base}/bot{given.token}/getMe", timeout=_WAIT_SECONDS)
    except (httpx.HTTPError, httpx.InvalidURL):
        return Finding(
            "Telegram",
            "warning",
            "not reached",
            "let this machine reach TELEGRAM_API_BASE, by default api.telegram.org:443",
        )
    if answer.status_code in (401, 404):
        return Finding(
            "Telegram", "failed", "it does not know the token", "copy it from BotFather again: TELEGRAM_BOT_TOKEN"
        )
    if answer.status_code != 200:
        return Finding("Telegram", "warning", f"it answers {answer.status_code}", "try again later")
    return Finding("Telegram", "ok", "knows the bot")


def clock() -> Finding:
    """Look whether the clock can be right: not before the cards were last checked, and as the database's clock says."""
    now = datetime.now(UTC)
    checked: date = max(card.last_checked for card in guidance.load().cards.values())
    mend = "set the clock: timedatectl set-ntp true"
    if now.date() < checked:
        return Finding("clock", "failed", f"it says {now:%Y-%m-%d}, but the cards were checked on {checked}", mend)
    apart = _seconds_from_the_databases_clock()
    if apart is not None and abs(apart) > _CLOCKS_APART:
        return Finding("clock", "warning", f"the database's clock is {apart:+.0f} seconds away", mend)
    return Finding("clock", "ok", f"{now:%Y-%m-%d %H:%M} UTC")


def _seconds_from_the_databases_clock() -> float | None:
    url = database.database_url()
    if url.get_backend_name() == "sqlite":  # the same clock
        return None
    engine = database.create_engine(url)
    try:
        with engine.connect() as connection:
            return (
                float(connection.execute(sa.text("SELECT extract(epoch FROM clock_timestamp())")).scalar_one())
                - time.time()
            )
    except SQLAlchemyError:
        return None
    finally:
        engine.dispose()


def memory(
    place: Place, meminfo: Path = Path("/proc/meminfo"), limit: Path = Path("/sys/fs/cgroup/memory.max")
) -> Finding:
    """Look whether there is memory for a model, and for two while a new version is taken over."""
    lines = dict(line.split(":", 1) for line in meminfo.read_text().splitlines())
    free = int(lines["MemAvailable"].split()[0]) // 1000
    with_limit = limit.read_text().strip() if limit.exists() else "max"
    if with_limit.isdigit():
        free = min(free, int(with_limit) // 1_000_000)
    needed = 0 if _ours(place) else _ONE_MODEL
    seen = f"{free:,} MB can be used"
    if free < needed:
        return Finding("memory", "failed", seen, f"a server needs {_ONE_MODEL} MB: add memory, or use fewer workers")
    if free < needed + _TWO_MODELS - _ONE_MODEL:
        return Finding(
            "memory",
            "warning",
            seen,
            f"taking over a new version needs {_ONE_MODEL} MB more for a moment; else restart",
        )
    return Finding("memory", "ok", seen)


def port(place: Place) -> Finding:
    """Look whether the port is free, or our own server listens there."""
    ours = _ours(place)
    if ours:
        state: State = "ok" if ours["status"] == "ok" else "warning"
        mend = "" if state == "ok" else "see the findings on the database and Redis"
        return Finding("port", state, f"{place.host}:{place.port} is served by this assistant: {ours['status']}", mend)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((place.host, place.port))
        except OSError as error:
            return Finding(
                "port",
                "failed",
                f"{place.host}:{place.port}: {error.strerror}",
                "stop what uses it, or choose another: --port",
            )
    return Finding("port", "ok", f"{place.host}:{place.port} is free")


def _ours(place: Place) -> dict[str, Any] | None:
    """Return what our own server says of its health; None if none listens there."""
    try:
        said = httpx.get(f"http://{place.host}:{place.port}/health", timeout=_WAIT_SECONDS).json()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError):
        return None
    return said if isinstance(said, dict) and {"status", "turns", "failures"} <= said.keys() else None


def tools() -> Finding:
    """Look for programs that some parts need."""
    missing = {tool: without for tool, without in _TOOLS.items() if shutil.which(tool) is None}
    if missing:
        return Finding("tools", "warning", "missing: " + ", ".join(missing), "; ".join(dict.fromkeys(missing.values())))
    return Finding("tools", "ok", ", ".join(_TOOLS))
