import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from rasa.shared.core.domain import Domain

from assistant.errors import AssistantError
from assistant.storage import commands
from assistant.storage.access import Access
from assistant.storage.conversations import ConversationStore
from assistant.storage.keys import Keys
from tests.storage.turns import take


@pytest.fixture
def used(monkeypatch: pytest.MonkeyPatch, access: Access) -> Access:
    """The database that the commands use."""
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{access.engine.url.database}")
    return access


async def test_what_is_over_is_deleted_by_a_command(
    used: Access, domain: Domain, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = ConversationStore(domain, access=used, keys=Keys())
    await take(store, "me", "a new question")
    monkeypatch.setattr("assistant.storage.conversations.time.time", lambda: time.time_ns() / 1e9 - 25 * 3600)
    await take(store, "you", "an old question")
    monkeypatch.undo()
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{used.engine.url.database}")
    assert commands.forget_old() == "Deleted 1 turns of conversations whose time was over."
    assert "a new question" in commands.conversation("me")
    assert commands.conversation("you") == "Nothing is kept."


async def test_a_conversation_is_shown_as_it_is_kept(used: Access, domain: Domain) -> None:
    await take(ConversationStore(domain, access=used, keys=Keys()), "me", "i'm called Jo, how often", topic="frequency")
    shown = commands.conversation("me")
    assert "person: i'm called [name], how often" in shown
    assert "assistant: answer frequency" in shown


def test_a_database_that_cannot_be_used_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "no").write_text("")
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/no/b12.sqlite")
    with pytest.raises(AssistantError, match="can't be used"):
        commands.migrate()


def test_the_command_line_migrates_and_makes_keys(tmp_path: Path) -> None:
    settings = {**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path}/b12.sqlite"}

    def run(*words: str) -> str:
        return subprocess.run(
            [sys.executable, "-m", "assistant.cli", *words], capture_output=True, text=True, check=True, env=settings
        ).stdout

    assert "is up to date" in run("migrate")
    assert sa.inspect(sa.create_engine(settings["DATABASE_URL"])).has_table("history")
    assert Keys({"B12_STORAGE_KEY": run("new-key")}).encrypts
