"""What people are told about what is kept of their words; it follows the settings, so that it stays true."""

from assistant.settings import Storage
from assistant.storage.database import database_url
from assistant.storage.keys import Keys
from assistant.storage.settings import words_can_be_deleted


def words_kept(storage: Storage) -> str:
    """Return the sentence that says how long what people type is kept. Raises AssistantError when a setting can't be right."""
    if not storage.keep_hours or not words_can_be_deleted(database_url(), Keys()):
        return "What you type is not stored."
    hours = round(storage.keep_hours)
    if hours < 1:
        time = "less than an hour"
    elif hours < 48:
        time = "an hour" if hours == 1 else f"{hours} hours"
    else:
        time = f"{round(hours / 24)} days"
    return f"What you type is kept for about {time}, so that a wrong reply can be looked into, and is then deleted.".replace(
        "about less", "less"
    )
