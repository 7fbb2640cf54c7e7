"""Rasa's tracker store on the assistant's database.

Rasa's own rewrites and replays a session at every turn, on the event loop, and stops the whole process at an id with a NUL byte.
This one appends one row a turn: the slots before it and its events. The newest row is all that the next turn reads, so turn 1,000
costs what turn 5 does. When the database is away, the newest rows of this process are in memory and the conversations go on.
"""

import itertools
import json
import time
from collections import OrderedDict
from collections.abc import Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import Any

import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from assistant.storage import access as accesses
from assistant.storage import deletion, events, settings
from assistant.storage.access import Access, UnavailableError
from assistant.storage.database import composed
from assistant.storage.keys import Keys, UnreadableError
from assistant.storage.tables import history
from assistant.storage.tracker import StoredTracker

# Conversations whose newest row this process keeps in memory, about 1 kB each.
MOST_RECENT = 5_000
# What stands for the channel before the first message.
_UNKNOWN_CHANNEL = "unknown"


@dataclass
class _Row:
    number: int
    at: float
    body: bytes
    made: "Future[None] | None" = None


class ConversationStore(TrackerStore):
    """Stores conversations; named in endpoints.yml."""

    def __init__(
        self,
        domain: Domain | None = None,
        event_broker: EventBroker | None = None,
        access: Access | None = None,
        kept: settings.Kept | None = None,
        keys: Keys | None = None,
        **_: Any,
    ) -> None:
        """Make the store.

        Args:
            domain: the assistant's domain.
            event_broker: where Rasa publishes events, if anywhere.
            access: the database, by default the one that ``DATABASE_URL`` names.
            kept: what is kept and how long, by default as the settings say.
            keys: for hashes and encryption, by default from the environment.
        """
        super().__init__(domain, event_broker)
        self.access = access or accesses.opened()
        self._keys = keys or Keys()
        self._kept = kept or settings.kept()
        self._words_may_be_kept = settings.words_can_be_deleted(self.access.engine.url, self._keys)
        self._recent: OrderedDict[str, _Row] = OrderedDict()

    def init_tracker(self, sender_id: str) -> StoredTracker:
        """Return an empty tracker."""
        tracker = StoredTracker(sender_id, self.domain.slots, max_event_history=self.max_event_history)
        tracker.before = {}
        return tracker

    async def retrieve(self, sender_id: str) -> StoredTracker | None:
        """Return the conversation as the next turn needs it: its slots and its last turn. None if there was none."""
        conversation = self._conversation(sender_id)
        recent = self._recent.get(conversation)
        try:
            row = await self.access.read(partial(_newest, conversation))
        except UnavailableError:
            row = recent
        else:
            if recent and not (recent.made and recent.made.done()) and (row is None or recent.number > row.number):
                row = recent  # it waits to be written
        return self._tracker(sender_id, [row] if row else [])

    async def retrieve_full_tracker(self, conversation_id: str) -> StoredTracker | None:
        """Return the whole conversation as far as it is kept. None if nothing is, or the database is away."""
        try:
            rows = await self.access.read(partial(_all, self._conversation(conversation_id)))
        except UnavailableError:
            return await self.retrieve(conversation_id)
        return self._tracker(conversation_id, rows)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Append what is new; wait a moment for it to be written."""
        number, stored = getattr(tracker, "number", 0), getattr(tracker, "stored", 0)
        new = list(itertools.islice(tracker.events, stored, None))
        if not new:
            return
        if self.event_broker:
            await self._stream_new_events(self.event_broker, new, tracker.sender_id)
        now, channel = time.time(), _channel(tracker)
        words = self._words_may_be_kept and self._kept.words(channel)
        content = {"slots": getattr(tracker, "before", {}), "events": events.kept(new, words=words)}
        # A clock that goes back must not put a turn before the one that it follows.
        row = _Row(max(number + 1, int(now * 1e6)), now, json.dumps(content).encode())
        conversation = self._conversation(tracker.sender_id)
        row.made = self.access.write(
            partial(_append, conversation, row.number, now, channel, self._keys.sealed(row.body)), conversation
        )
        self._remember(conversation, row)
        if isinstance(tracker, StoredTracker):
            tracker.number, tracker.stored, tracker.before = row.number, stored + len(new), tracker.changed_slots()
        await self.access.made(row.made)

    async def keys(self) -> Iterable[str]:
        """Return the hashes of the conversations that are kept; the ids themselves aren't. None while the database is away."""
        try:
            return await self.access.read(
                lambda connection: list(connection.execute(sa.select(history.c.conversation).distinct()).scalars())
            )
        except UnavailableError:
            return []

    async def forget(self, sender_id: str) -> None:
        """Delete a conversation, in memory and in the database's files.

        Raises:
            UnavailableError: the database is away. The conversation will be deleted once it is back.
        """
        conversation = self._conversation(sender_id)
        self._recent.pop(conversation, None)
        await deletion.delete_conversation(self.access, conversation, self._keys.hashed("turns", sender_id))

    def forget_before(self, moment: float) -> None:
        """Forget what is in memory of conversations that have rested since ``moment``, in seconds since 1970."""
        for conversation in [name for name, row in self._recent.items() if row.at < moment]:
            del self._recent[conversation]

    def _conversation(self, sender: str) -> str:
        return self._keys.hashed("history", sender)

    def _remember(self, conversation: str, row: _Row) -> None:
        self._recent[conversation] = row
        self._recent.move_to_end(conversation)
        if len(self._recent) > MOST_RECENT:
            self._recent.popitem(last=False)

    def _tracker(self, sender: str, rows: list[_Row]) -> StoredTracker | None:
        read = []
        for row in rows:
            try:
                read.append(json.loads(self._keys.opened(row.body)))
            except (UnreadableError, ValueError):
                read.clear()  # the conversation begins anew after what can't be read
        if not read:
            return None
        tracker = self.init_tracker(sender)
        slots = {name: value for name, value in read[0]["slots"].items() if name in tracker.slots}
        told: list[Event] = [SlotSet(name, value, timestamp=0.0) for name, value in slots.items()]
        told += events.restored(itertools.chain.from_iterable(turn["events"] for turn in read))
        for event in told:
            tracker.update(event)
        tracker.stored, tracker.number, tracker.before = len(tracker.events), rows[-1].number, tracker.changed_slots()
        return tracker


def _channel(tracker: DialogueStateTracker) -> str:
    message = tracker.get_last_event_for(UserUttered)
    return str(message.input_channel or _UNKNOWN_CHANNEL)[:32] if isinstance(message, UserUttered) else _UNKNOWN_CHANNEL


def _newest(conversation: str, connection: Connection) -> _Row | None:
    found = connection.execute(_NEWEST, {"wanted": conversation}).first()
    return _Row(found.number, found.at, bytes(found.body)) if found else None


def _all(conversation: str, connection: Connection) -> list[_Row]:
    found = connection.execute(_OF, {"wanted": conversation})
    return [_Row(row.number, row.at, bytes(row.body)) for row in found]


# Made once: composing a statement takes longer than running it.
_OF = (
    sa.select(history.c.number, history.c.at, history.c.body)
    .where(history.c.conversation == sa.bindparam("wanted"))
    .order_by(history.c.number)
)
_NEWEST = _OF.order_by(None).order_by(history.c.number.desc()).limit(1)
# A write that is tried again after a lost connection may have been made already.
_APPEND = {
    dialect.__name__.rsplit(".", 1)[-1]: composed(dialect.insert(history).on_conflict_do_nothing(), dialect)
    for dialect in (postgresql, sqlite)
}


def _append(conversation: str, number: int, at: float, channel: str, body: bytes, connection: Connection) -> None:
    values = {"conversation": conversation, "number": number, "at": at, "channel": channel, "body": body}
    connection.execute(_APPEND[connection.dialect.name], values)
