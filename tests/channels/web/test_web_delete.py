"""Who deletes a chat finds it gone: from the store's files, from the server, and its token with it."""

import sqlite3
from pathlib import Path

import pytest

from tests.channels.web.conftest import CHANNELS, Person


def rows(folder: Path) -> int:
    with sqlite3.connect(folder / "b12.sqlite") as database:
        return database.execute("SELECT count(*) FROM history").fetchone()[0]


def stored(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.glob("b12.sqlite*"))


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_deleted_chat_is_gone_from_the_store_and_others_stay(
    strict_server: str, strict_folder: Path, channel: str
) -> None:
    stays, goes = Person(strict_server), Person(strict_server, channel)
    stays.ask("my blue giraffe asks how often")
    before = rows(strict_folder)
    goes.ask("my purple xylophone asks how often")
    goes.ask("tell me more")
    assert rows(strict_folder) == before + 2
    assert goes.delete().status_code == 204
    assert rows(strict_folder) == before
    assert b"xylophone" not in stored(strict_folder)
    assert b"giraffe" in stored(strict_folder)
    assert stays.ask("tell me more")["answers"]


def test_a_deleted_chats_token_is_void_for_everything_but_deleting_again(strict_server: str) -> None:
    person = Person(strict_server)
    token = person.ask("do b12 injections hurt?", "message-1")["feedback_token"]
    person.delete()
    for answer in (
        person.send("tell me more"),
        person.send("do b12 injections hurt?", "message-1"),
        person.post("feedback", {"token": token, "useful": True}),
    ):
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "session_expired")
    assert person.delete().status_code == 204


def test_nobody_deletes_with_another_token(strict_server: str) -> None:
    person, other = Person(strict_server), Person(strict_server, "kiosk")
    assert person.delete(other.token).status_code == 401
    assert person.delete("nonsense").status_code == 401
    assert person.send("do b12 injections hurt?").status_code == 200
