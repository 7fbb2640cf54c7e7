"""An answer is rated once, by whoever got it, and nobody's words are kept."""

import json
import sqlite3
import time
from pathlib import Path

import jwt
import pytest

from assistant import feedback
from assistant import reply as replies
from assistant.secret import derived
from assistant.storage import database
from assistant.storage.access import Access
from tests.channels.web.conftest import CHANNELS, Person
from tests.conftest import SECRET

KEY = derived("feedback", SECRET.encode())


def recorded(folder: Path) -> list[dict]:
    with sqlite3.connect(folder / "b12.sqlite") as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute("SELECT * FROM feedback ORDER BY at")]


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_rating_is_recorded_once_with_the_answers_version(
    strict_server: str, strict_folder: Path, channel: str
) -> None:
    person = Person(strict_server, channel)
    message = person.ask("do b12 injections hurt?")
    body = {"token": message["feedback_token"], "useful": False, "reason": "unclear"}
    assert person.post("feedback", body).status_code == 204
    again = person.post("feedback", {**body, "useful": True})
    assert (again.status_code, again.json()["error"]["code"]) == (409, "token_used")
    row = recorded(strict_folder)[-1]
    assert json.loads(row["cards"]) == {"injection_pain": message["answers"][0]["version"]}
    assert (row["channel"], row["useful"], row["reason"]) == (channel, 0, "unclear")
    assert set(row) == {"id", "token", "at", "channel", "cards", "useful", "reason"}


def test_only_answers_can_be_rated(person) -> None:
    somebody = person()
    assert somebody.opened["welcome"]["feedback_token"] is None
    assert somebody.ask("how often are b12 injections given?")["feedback_token"]
    assert somebody.ask("tell me more")["feedback_token"]
    assert somebody.ask("where does that come from")["feedback_token"] is None
    assert somebody.ask("how much vitamin d should i take")["feedback_token"] is None
    assert somebody.ask("my throat is closing up after the jab")["feedback_token"] is None


def test_a_channel_that_cannot_rate_gives_no_token(ask) -> None:
    assert ask("how often are b12 injections given?")["custom"]["feedback_token"] is None


def test_nobody_rates_another_persons_answer(person) -> None:
    token = person().ask("do b12 injections hurt?")["feedback_token"]
    answer = person().post("feedback", {"token": token, "useful": True})
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "token_invalid")


def test_an_old_answer_can_not_be_rated(person) -> None:
    somebody = person()
    claims = jwt.decode(somebody.ask("do b12 injections hurt?")["feedback_token"], options={"verify_signature": False})
    old = jwt.encode({**claims, "exp": int(time.time()) - 1}, KEY, "HS256")
    answer = somebody.post("feedback", {"token": old, "useful": True})
    assert (answer.status_code, answer.json()["error"]["code"]) == (410, "token_expired")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"token": None}, "token_invalid"),
        ({"token": "abc"}, "token_invalid"),
        ({"useful": None}, "useful_invalid"),
        ({"useful": 1}, "useful_invalid"),
        ({"useful": "yes"}, "useful_invalid"),
        ({"reason": "because"}, "reason_invalid"),
        ({"reason": ["wrong"]}, "reason_invalid"),
        ({"comment": "my words"}, "field_unknown"),
    ],
)
def test_an_odd_rating_is_refused(person, changed: dict, code: str) -> None:
    somebody = person()
    token = somebody.ask("do b12 injections hurt?")["feedback_token"]
    answer = somebody.post("feedback", {"token": token, "useful": True, **changed})
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, code)


def rating(conversation: str) -> feedback.Rated:
    made = feedback.token(KEY, conversation, "web", replies.answer(["dosage", "frequency"]).envelope())
    assert made
    return feedback.read(KEY, made, conversation)


async def test_two_servers_with_one_database_record_a_rating_once(tmp_path: Path) -> None:
    address = database.database_url({"DATABASE_URL": f"sqlite:///{tmp_path}/b12.sqlite"})
    here, there = (Access(database.create_engine(address)) for _ in range(2))
    here.start()
    there.start()
    rated = rating("web:a")
    await feedback.record(here, rated, True, None)
    with pytest.raises(feedback.UsedTokenError):
        await feedback.record(there, rated, False, None)
    (row,) = recorded(tmp_path)
    assert row["useful"] == 1
    assert json.loads(row["cards"]) == {
        topic: replies.texts().library.version(topic) for topic in ("dosage", "frequency")
    }
    here.close()
    there.close()


async def test_while_the_database_is_away_a_rating_is_not_said_to_be_recorded(tmp_path: Path) -> None:
    (tmp_path / "b12.sqlite").mkdir()  # no database can be opened there
    access = Access(database.create_engine(database.database_url({"DATABASE_URL": f"sqlite:///{tmp_path}/b12.sqlite"})))
    access.start(wait=0.1)
    with pytest.raises(feedback.NotRecordedError):
        await feedback.record(access, rating("web:a"), True, None)
    access.close(wait=0.1)
