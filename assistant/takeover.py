"""A running server takes over a new version: it loads it beside the present one, tests it, and changes over between two messages.

``b12 upgrade`` writes ``models/current.json``; each server looks for a new one every second. What can't be loaded or fails its
self-test is refused, and the present version goes on.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Protocol

from rasa.core.agent import Agent

from assistant import contents, metrics, models, settings
from assistant import reply as replies
from assistant.channels.web import content as web_content
from assistant.errors import AssistantError
from assistant.nlu import follow_ups, red_flags
from assistant.settings import Clinic
from assistant.storage.upkeep import Upkeep
from assistant.web import answers

logger = logging.getLogger(__name__)

# Loads a model with its self-test, without a place for conversations.
Load = Callable[[Path], Coroutine[Any, Any, Agent]]
# How often it is looked for a new version.
LOOK_SECONDS = 1.0
# What of clinic.yml is used when the server starts, and not again.
_AT_START = ("web", "kiosk", "channels", "telegram", "storage", "logs")


class Running(Protocol):
    """What answers: Sanic's ``app.ctx``, or whatever else holds these."""

    agent: Agent
    model: str
    upkeep: Upkeep


def keep_apart() -> None:
    """Let the understanding read its data once for each version.

    Its own modules belong to what a model is made from, so they say nothing of versions.
    """
    for module, name in ((red_flags, "red_flags"), (follow_ups, "weights")):
        setattr(module, name, contents.once(getattr(module, name).__wrapped__))


async def watch(running: Running, load: Load, given: Path | None = None) -> None:
    """Take over each new version until cancelled.

    Args:
        running: what answers.
        load: loads a model; it is called in another thread.
        given: the model that was asked for, if it isn't the one that fits the data.
    """
    seen = _written()
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        now = _written()
        if now in (seen, None):
            continue
        seen = now
        await take_over(running, load, given)


def _written() -> tuple[int, int] | None:
    try:
        found = models.CURRENT.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino


async def take_over(running: Running, load: Load, given: Path | None = None) -> bool:
    """Load the present data and the model that fits them, and answer with them from then on. See ``watch`` for the arguments.

    Returns:
        Whether it was done. If not, the reason is in the log, and the version that was there goes on.
    """
    fresh, clinic = contents.Contents(), replies.texts().clinic
    try:
        agent, model = await asyncio.to_thread(_loaded, fresh, clinic, load, given)
    except Exception as error:
        reason = str(error) if isinstance(error, AssistantError) else type(error).__name__
        logger.error("a new version was refused, the present one goes on: %s", reason)
        metrics.TAKEOVERS.labels("refused").inc()
        return False
    # From here to the end nothing waits, so no message comes in between.
    before = running.agent
    _settle(agent, before)
    running.agent, running.model = agent, model.name
    contents.serve(fresh)
    _succeed(agent.processor, before.processor)
    running.upkeep.changed(model.name)
    metrics.TAKEOVERS.labels("done").inc()
    logger.info("the model %s answers from now on, with the texts %s", model.name, models.texts_hash())
    return True


def _loaded(fresh: contents.Contents, clinic: Clinic, load: Load, given: Path | None) -> tuple[Agent, Path]:
    """Load everything, in a thread of its own."""
    with contents.held(fresh):
        _check_tested()
        fresh.put(replies.texts, replies.load_texts(clinic=_with_settings_of_the_start(clinic)))
        model = models.to_serve(given)
        agent = asyncio.run(load(model))
        # What the pages need, made now rather than by the first who asks.
        web_content.content()
        answers.index()
    with contents.held(contents.Contents()):
        _check_tested()  # nobody changed a file while they were read
    return agent, model


def _check_tested() -> None:
    if not models.in_use():
        raise AssistantError("the data have changed since they were tested. Run b12 upgrade again")


def _with_settings_of_the_start(clinic: Clinic) -> Clinic:
    """Return what clinic.yml says now, with the settings that the server works by, so that nothing is told that isn't so."""
    now = settings.load()
    changed = [name for name in _AT_START if getattr(now, name) != getattr(clinic, name)]
    if changed:
        logger.warning("settings that a server reads when it starts have changed (%s): restart it", ", ".join(changed))
    return now.copy(update={name: getattr(clinic, name) for name in _AT_START})


def _settle(agent: Agent, before: Agent) -> None:
    """Give the new agent the conversations and their locks; turns that have begun go on with the same."""
    agent.tracker_store, agent.lock_store = before.tracker_store, before.lock_store
    assert agent.processor and agent.domain
    agent.processor.tracker_store, agent.processor.lock_store = before.tracker_store, before.lock_store
    agent.tracker_store.domain = agent.domain


def _succeed(processor: Any, before: Any) -> None:
    """Fork workers from what is served now, as many as there were; those of before answer what they were asked."""
    if before.workers:
        processor.start_workers(before.workers.count)
        before.stop_workers()
