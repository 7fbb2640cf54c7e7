"""Checks of what the assistant works with: database, Redis, keys, Telegram, the clock."""

import asyncio
import os
import time
from datetime import UTC, date, datetime
from pathlib import Path

import httpx
import sqlalchemy as sa
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from assistant import paths
from assistant.channels.telegram import settings as telegram_settings
from assistant.doctor.finding import Finding
from assistant.guidance import library as guidance
from assistant.storage import database, redis
from assistant.storage.keys import Keys, UnreadableError
from assistant.storage.tables import history, turns

_WAIT_SECONDS = 5.0
# How far the clocks of the database's machine and of this one may be apart, in seconds.
_CLOCKS_APART = 60


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
