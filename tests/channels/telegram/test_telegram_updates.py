"""Every kind of update that the Bot API knows: a task, a polite line or nothing, never an error, and no name kept."""

import json

import pytest
from fake_telegram import USERNAME
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from telegram import Bot, Update
from telegram.constants import UpdateType

from assistant.channels.telegram import words
from assistant.channels.telegram.settings import Settings
from assistant.channels.telegram.updates import Reader
from assistant.channels.text import harmless
from assistant.guidance import library

SETTINGS = Settings("424242:fake-token", groups=True)
BOT = Bot(SETTINGS.token)
ADA = {"id": 7, "is_bot": False, "first_name": "Secretname", "last_name": "Secretname", "username": "secretname"}
CHAT = {"id": 7, "type": "private", "first_name": "Secretname"}
CHANNEL = {"id": -100, "type": "channel", "title": "News"}
POST = {"message_id": 1, "date": 1, "chat": CHANNEL, "sender_chat": CHANNEL, "text": "does it hurt"}
MEMBER = {"user": ADA, "status": "member"}
FILE = {"file_id": "a", "file_unique_id": "b"}
MESSAGE = {"message_id": 1, "date": 1, "chat": CHAT, "from": ADA}


def reader() -> Reader:
    made = Reader(SETTINGS)
    made.username = USERNAME
    return made


def task(**content):
    return reader().task(Update.de_json({"update_id": 1, **content}, BOT))


NOTHING = {
    "channel_post": POST,
    "edited_channel_post": {**POST, "edit_date": 2},
    "business_connection": {
        "id": "1", "user": ADA, "user_chat_id": 7, "date": 1, "can_reply": True, "is_enabled": True,
    },
    "business_message": {**MESSAGE, "business_connection_id": "1", "text": "does it hurt"},
    "edited_business_message": {**MESSAGE, "business_connection_id": "1", "edit_date": 2, "text": "does it hurt"},
    "deleted_business_messages": {"business_connection_id": "1", "chat": CHAT, "message_ids": [1]},
    "message_reaction": {"chat": CHAT, "message_id": 1, "user": ADA, "date": 1, "old_reaction": [], "new_reaction": [{"type": "emoji", "emoji": "👍"}]},
    "message_reaction_count": {"chat": CHANNEL, "message_id": 1, "date": 1, "reactions": []},
    "inline_query": {"id": "1", "from": ADA, "query": "b12", "offset": ""},
    "chosen_inline_result": {"result_id": "1", "from": ADA, "query": "b12"},
    "shipping_query": {"id": "1", "from": ADA, "invoice_payload": "x", "shipping_address": {"country_code": "GB", "state": "", "city": "", "street_line1": "", "street_line2": "", "post_code": ""}},
    "pre_checkout_query": {"id": "1", "from": ADA, "currency": "GBP", "total_amount": 1, "invoice_payload": "x"},
    "purchased_paid_media": {"from": ADA, "paid_media_payload": "x"},
    "poll": {"id": "1", "question": "?", "options": [], "total_voter_count": 0, "is_closed": False, "is_anonymous": True, "type": "regular", "allows_multiple_answers": False, "allows_revoting": False, "members_only": False},
    "poll_answer": {"poll_id": "1", "user": ADA, "option_ids": [0], "option_persistent_ids": ["0"]},
    "my_chat_member": {"chat": CHAT, "from": ADA, "date": 1, "old_chat_member": MEMBER, "new_chat_member": {**MEMBER, "status": "kicked", "until_date": 0}},
    "chat_member": {"chat": CHANNEL, "from": ADA, "date": 1, "old_chat_member": MEMBER, "new_chat_member": {"user": ADA, "status": "left"}},
    "chat_join_request": {"chat": CHANNEL, "from": ADA, "user_chat_id": 7, "date": 1},
    "chat_boost": {"chat": CHANNEL, "boost": {"boost_id": "1", "add_date": 1, "expiration_date": 2, "source": {"source": "premium", "user": ADA}}},
    "removed_chat_boost": {"chat": CHANNEL, "boost_id": "1", "remove_date": 1, "source": {"source": "premium", "user": ADA}},
}  # fmt: skip


def test_the_list_below_names_every_kind_that_the_library_knows() -> None:
    ours = {*NOTHING, "message", "edited_message", "callback_query"}
    assert {kind.value for kind in UpdateType} <= ours | {"managed_bot", "guest_message"}


@pytest.mark.parametrize("kind", NOTHING)
def test_what_nobody_asked_with_needs_nothing(kind: str) -> None:
    assert task(**{kind: NOTHING[kind]}) is None


@pytest.mark.parametrize(
    "content",
    [
        {"new_chat_members": [ADA]},
        {"left_chat_member": ADA},
        {"new_chat_title": "x"},
        {"pinned_message": {**MESSAGE, "text": "x"}},
        {"group_chat_created": True},
        {"migrate_to_chat_id": -1001},
        {"message_auto_delete_timer_changed": {"message_auto_delete_time": 5}},
        {"from": {**ADA, "is_bot": True}, "text": "does it hurt"},
        {"text": "   "},
        {},
    ],
    ids=lambda content: next(iter(content), "empty"),
)
def test_what_happens_in_a_chat_without_a_question_needs_nothing(content: dict) -> None:
    assert task(message={**MESSAGE, **content}) is None


@pytest.mark.parametrize(
    "content",
    [
        {"photo": [{**FILE, "width": 1, "height": 1}]},
        {"voice": {**FILE, "duration": 1}},
        {"audio": {**FILE, "duration": 1}},
        {"video": {**FILE, "width": 1, "height": 1, "duration": 1}},
        {"video_note": {**FILE, "length": 1, "duration": 1}},
        {"animation": {**FILE, "width": 1, "height": 1, "duration": 1}},
        {"document": FILE},
        {"sticker": {**FILE, "type": "regular", "width": 1, "height": 1, "is_animated": False, "is_video": False}},
        {"contact": {"phone_number": "1", "first_name": "Secretname"}},
        {"location": {"latitude": 1.0, "longitude": 1.0}},
        {"venue": {"location": {"latitude": 1.0, "longitude": 1.0}, "title": "x", "address": "y"}},
        {"dice": {"emoji": "🎲", "value": 1}},
        {"poll": NOTHING["poll"]},
    ],
    ids=lambda content: next(iter(content)),
)
def test_what_is_no_text_gets_the_polite_line(content: dict) -> None:
    made = task(message={**MESSAGE, **content})
    assert made and (made.do, made.text) == ("line", "media")


def test_an_edit_gets_a_hint_in_private_and_nothing_in_a_group() -> None:
    edited = {**MESSAGE, "edit_date": 2, "text": "does it hurt"}
    made = task(edited_message=edited)
    assert made and (made.do, made.text) == ("line", "edited")
    assert task(edited_message={**edited, "chat": {"id": -5, "type": "group", "title": "x"}}) is None


@pytest.mark.parametrize("topic", sorted(library.load().cards))
def test_every_topic_has_a_link_that_asks_it(topic: str) -> None:
    text = f"/start {topic}"
    assert len(topic) <= 64
    entities = [{"type": "bot_command", "offset": 0, "length": 6}]
    made = task(message={**MESSAGE, "text": text, "entities": entities})
    assert made and (made.do, made.text) == ("ask", library.load().cards[topic].title)


@pytest.mark.parametrize("data", ["", "t:gone", "p:x", "p:-1", "w:", "w:/restart", "nonsense", "x", "t:", None])
def test_an_old_or_forged_button_is_still_confirmed(data) -> None:
    message = {**MESSAGE, "from": {**ADA, "is_bot": True}, "text": "x"}
    query = {
        "id": "5",
        "from": ADA,
        "chat_instance": "1",
        "message": message,
        **({"data": data} if data is not None else {}),
    }
    made = task(callback_query=query)
    assert made and made.tap == "5"
    assert not made.text.startswith("/") or made.do != "ask"


@pytest.mark.parametrize("message", [None, {"chat": CHAT, "message_id": 3, "date": 0}])
def test_a_tap_on_a_message_that_is_gone_is_confirmed(message) -> None:
    query = {
        "id": "5",
        "from": ADA,
        "chat_instance": "1",
        "data": "t:frequency",
        **({"message": message} if message else {}),
    }
    made = task(callback_query=query)
    assert made and made.tap == "5"


def test_nothing_kept_of_an_update_names_anybody() -> None:
    photo = [{**FILE, "width": 1, "height": 1}]
    for content in ({"text": "does it hurt"}, {"photo": photo, "caption": "x"}, {"photo": photo}):
        made = task(message={**MESSAGE, **content})
        assert made and "secretname" not in json.dumps(made.kept()).lower()


@pytest.mark.parametrize("name", words.COMMANDS)
def test_a_menus_command_is_one_that_telegram_takes(name: str) -> None:
    assert name.isascii() and name.islower() and len(name) <= 32
    assert 1 <= len(words.COMMANDS[name]) <= 256


@pytest.mark.parametrize(
    "text", ["/greet", " /greet", "\u200b/greet", "//greet", "/ /greet", "\ufeff /\u200b/greet", "/", "//"]
)
def test_a_slash_at_the_front_goes(text: str) -> None:
    assert not harmless(text).lstrip("\u200b\ufeff \n").startswith("/")


@given(st.text(st.sampled_from("/ \u200b\ufeff\nab"), max_size=12))
def test_no_text_whatever_begins_with_a_slash(text: str) -> None:
    assert harmless(text)
    assert not harmless(text).startswith("/")


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@hypothesis_settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(st.sampled_from(["message", "edited_message", "callback_query", "poll", "x"]), VALUES, max_size=3)
)
def test_rubbish_never_stops_the_worker(content: dict) -> None:
    from assistant.channels.telegram.worker import Worker

    worker = Worker(SETTINGS, None, BOT, None, None)  # type: ignore[arg-type]
    made = worker._task({"update_id": 1, **content})
    assert made is None or made.chat is not None
