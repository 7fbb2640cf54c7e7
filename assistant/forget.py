"""Delete a conversation from Rasa's tracker store, which has no way of its own to do that."""

from rasa.core.tracker_store import FailSafeTrackerStore, InMemoryTrackerStore, SQLTrackerStore, TrackerStore

from assistant.errors import AssistantError
from assistant.storage.conversations import ConversationStore


async def forget(store: TrackerStore, conversation: str) -> None:
    """Delete everything that the store keeps of a conversation.

    Raises:
        UnavailableError: the database is away. The conversation will be deleted once it is back.
        AssistantError: it isn't known how to delete from this kind of store.
    """
    if isinstance(store, FailSafeTrackerStore):
        if isinstance(store._fallback_tracker_store, InMemoryTrackerStore):
            store._fallback_tracker_store.store.pop(conversation, None)
        await forget(store._tracker_store, conversation)
    elif isinstance(store, ConversationStore):
        await store.forget(conversation)
    elif isinstance(store, InMemoryTrackerStore):
        store.store.pop(conversation, None)
    elif isinstance(store, SQLTrackerStore):
        with store.session_scope() as session:
            events = store.SQLEvent
            session.query(events).filter(events.sender_id == conversation).delete()
            session.commit()
    else:
        raise AssistantError(f"There is no way here to delete a conversation from a {type(store).__name__}.")
