"""What runs beside the answers as long as a process serves: records, retention, the watch over Redis."""

import asyncio
import contextlib
import logging
import time
from typing import Any

from rasa.core.tracker_store import FailSafeTrackerStore, TrackerStore

from assistant import metrics, models
from assistant.channels import turn
from assistant.storage import access, database, deletion, redis, settings
from assistant.storage.access import UnavailableError
from assistant.storage.conversations import ConversationStore
from assistant.storage.keys import Keys
from assistant.storage.records import Recorder

logger = logging.getLogger(__name__)

# How often what is over is deleted: a word may stay so much longer than promised, so it is a small part of the shortest time.
RETENTION_SECONDS = 300.0


class Upkeep:
    """Starts with the server and stops with it."""

    def __init__(self, store: TrackerStore, model: str) -> None:
        """Make it.

        Args:
            store: the agent's tracker store.
            model: the name of the model that serves.
        """
        inner = store._tracker_store if isinstance(store, FailSafeTrackerStore) else store
        self._store = inner if isinstance(inner, ConversationStore) else None
        self._model, self.content = model, ""
        self._tasks: list[asyncio.Task[Any]] = []

    def start(self) -> None:
        """Begin. Raises AssistantError when a setting can't be right."""
        self._name(models.texts_hash())
        if self._store:
            self._tell(self._store)
            self._begin(self._delete_old(self._store))
        shared = redis.opened()
        if shared:
            self._begin(shared.watch())

    def changed(self, model: str) -> None:
        """Note that another model or other texts answer from now on.

        Args:
            model: the model's name.
        """
        metrics.RUNNING.labels(self._model, self.content).set(0)
        self._model = model
        self._name(models.texts_hash())

    async def stop(self) -> None:
        """End, and make the writes that wait."""
        turn.recorder = None
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.to_thread(access.close)
        shared = redis.opened()
        if shared:
            with contextlib.suppress(Exception):
                await shared.close()

    def status(self) -> dict[str, str]:
        """Return how the database and Redis are, without asking them: ``ok``, ``degraded``, or ``off`` where there is none."""
        shared = redis.opened()
        return {
            "database": self._store.access.status if self._store else "off",
            "redis": shared.status if shared else "off",
        }

    def _name(self, content: str) -> None:
        self.content = content
        metrics.RUNNING.labels(self._model, content).set(1)
        if self._store:
            turn.recorder = Recorder(self._store.access, Keys(), self._model, content)

    def _begin(self, work: Any) -> None:
        self._tasks.append(asyncio.get_running_loop().create_task(work))

    def _tell(self, store: ConversationStore) -> None:
        engine, keys, kept = store.access.engine, Keys(), settings.kept()
        if not settings.words_can_be_deleted(engine.url, keys):
            words = (
                "without words, since PostgreSQL keeps what is deleted for a while: set B12_STORAGE_KEY to keep them"
            )
        elif not kept.conversation_seconds:
            words = "without words"
        else:
            words = f"for {kept.conversation_seconds / 3600:g} h, {'encrypted' if keys.encrypts else 'not encrypted'}"
        logger.info("conversations are kept in %s, %s", database.shown(engine.url), words)

    async def _delete_old(self, store: ConversationStore) -> None:
        kept = settings.kept()
        while True:
            store.forget_before(time.time() - settings.SESSION_SECONDS)
            try:
                await deletion.delete_old(store.access, kept)
            except UnavailableError:
                logger.error("what is over could not be deleted; it is tried again until it is")
            await asyncio.sleep(RETENTION_SECONDS)
