"""A chat belongs to whoever opened it: its id is the server's, and no token but its own opens it."""

import base64
import json
import time

import httpx
import jwt
import pytest

from assistant.channels.refusal import RequestError
from assistant.channels.web.session import LONGEST_SECONDS, Tokens
from assistant.secret import derived
from tests.channels.web.conftest import CHANNELS
from tests.conftest import SECRET

KEY = derived("web session", SECRET.encode())


def signed(key: bytes = KEY, **changed: object) -> str:
    claims = {"sub": "a" * 32, "aud": "web", "place": "p", "iat": int(time.time()), "exp": int(time.time()) + 600}
    return jwt.encode({name: value for name, value in {**claims, **changed}.items() if value is not None}, key, "HS256")


def unsigned(token: str) -> str:
    """The same claims, signed with no algorithm."""
    header = base64.urlsafe_b64encode(json.dumps({"alg": "none", "typ": "JWT"}).encode()).rstrip(b"=").decode()
    return f"{header}.{token.split('.')[1]}."


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_chat_opens_with_a_token_and_a_welcome(person, channel: str) -> None:
    opened = person(channel).opened
    assert set(opened) == {"token", "expires_in", "welcome"}
    assert opened["expires_in"] == 30 * 60
    assert opened["welcome"]["kind"] == "conversation"
    assert opened["welcome"]["steer"] in opened["welcome"]["text"]


def test_every_chat_has_an_id_of_128_random_bits(person) -> None:
    ids = {jwt.decode(person().token, options={"verify_signature": False})["sub"] for _ in range(5)}
    assert len(ids) == 5
    assert all(len(bytes.fromhex(one)) == 16 for one in ids)


def test_the_client_chooses_nothing_of_a_chat(person) -> None:
    for body in ({"id": "mine"}, {"sender": "tg:1"}, {"channel": "telegram"}, {"metadata": {"admin": True}}):
        answer = person().post("session", body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, "field_unknown")


@pytest.mark.parametrize(
    "token",
    [
        pytest.param("", id="no token"),
        pytest.param("abc", id="no JWT"),
        pytest.param(signed(b"another installation's key, which is long"), id="another key"),
        pytest.param(signed(derived("feedback", SECRET.encode())), id="the key of another purpose"),
        pytest.param(unsigned(signed()), id="no algorithm"),
        pytest.param(signed(exp=None), id="without an end"),
        pytest.param(signed(aud="kiosk"), id="of the kiosk"),
        pytest.param(signed(aud=None), id="of no channel"),
        pytest.param(signed(sub=None), id="of no chat"),
        pytest.param(signed(sub=5), id="an id that is no string"),
        pytest.param(signed(place=None), id="without its place"),
        pytest.param(jwt.encode({"sub": "a"}, KEY + KEY, "HS512"), id="another algorithm"),
    ],
)
@pytest.mark.parametrize("path", ["messages", "feedback"])
def test_a_token_that_the_server_did_not_make_for_this_opens_nothing(person, path: str, token: str) -> None:
    answer = person().post(path, {"id": "12345678", "text": "tell me more"}, token=token)
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "session_expired"
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_chat_that_has_run_out_takes_no_message_and_still_a_rating(person) -> None:
    somebody = person()
    rating = {"token": somebody.ask("do b12 injections hurt?")["feedback_token"], "useful": True}
    claims = jwt.decode(somebody.token, options={"verify_signature": False})
    over = jwt.encode({**claims, "exp": int(time.time()) - 1}, KEY, "HS256")
    answer = somebody.post("messages", {"id": "12345678", "text": "tell me more"}, token=over)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "session_expired")
    assert somebody.post("feedback", rating, token=over).status_code == 204


def test_a_token_is_taken_from_the_header_alone(server: str, person) -> None:
    token = person().token
    body = {"id": "12345678", "text": "hello"}
    assert httpx.post(f"{server}/web/messages?token={token}", json=body).status_code == 401
    assert httpx.post(f"{server}/web/messages", json=body, cookies={"token": token}).status_code == 401
    assert (
        httpx.post(f"{server}/web/messages", json=body, headers={"Authorization": f"Basic {token}"}).status_code == 401
    )


def test_a_token_stolen_from_the_website_opens_nothing_at_the_kiosk(person) -> None:
    stolen = person("web").token
    assert person("kiosk").post("messages", {"id": "12345678", "text": "hi"}, token=stolen).status_code == 401


def test_a_token_stolen_by_another_websites_script_opens_nothing(person) -> None:
    answer = person().send("tell me more", Origin="https://thief.example")
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "origin_refused")


def test_two_people_never_see_each_others_words(person) -> None:
    one, other = person(), person()
    assert one.ask("how often are b12 injections given?", "the-same-id")["topics"] == ["frequency"]
    assert other.ask("do b12 injections hurt?", "the-same-id")["topics"] == ["injection_pain"]
    assert person().ask("tell me more")["answers"] == []
    assert [answer["topic"] for answer in one.ask("tell me more")["answers"]] == ["frequency"]
    assert [answer["topic"] for answer in other.ask("tell me more")["answers"]] == ["injection_pain"]


def test_no_cookie_is_ever_set(person) -> None:
    somebody = person()
    for answer in (somebody.post("session", {}), somebody.send("hello"), somebody.delete()):
        assert "set-cookie" not in answer.headers


def test_a_token_is_renewed_once_half_of_its_time_has_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = Tokens(KEY, "web", 600)
    session = tokens.new("p")
    assert tokens.renewed(session) is None
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 301)
    renewed = tokens.renewed(session)
    assert renewed and renewed.id == session.id and renewed.ends == session.ends + 301
    assert tokens.read(f"Bearer {tokens.signed(renewed)}") == renewed


def test_no_token_lives_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = Tokens(KEY, "web", 600)
    session, began = tokens.new("p"), time.time()
    for minutes in range(9, LONGEST_SECONDS // 60 + 60, 9):
        monkeypatch.setattr(time, "time", lambda minutes=minutes: began + minutes * 60)
        session = tokens.renewed(session) or session
    assert session.ends <= began + LONGEST_SECONDS


def test_an_expired_token_still_deletes_but_does_nothing_else() -> None:
    tokens = Tokens(KEY, "web", 600)
    late = "Bearer " + signed(exp=int(time.time()) - 1)
    assert tokens.read(late, expired_too=True).id == "a" * 32
    with pytest.raises(RequestError) as refused:
        tokens.read(late)
    assert refused.value.status == 401
    with pytest.raises(RequestError):
        tokens.read("Bearer " + signed(b"another installation's key, which is long"), expired_too=True)
