"""A bot that polls: conversations, taps, commands, and Telegram's bad days."""

import asyncio
from pathlib import Path

import pytest
from bots import FullDisk, polling
from fake_telegram import FakeTelegram, Refused

from assistant import reply as replies
from assistant.channels.telegram import words
from assistant.channels.telegram.settings import Settings


async def arrived(telegram: FakeTelegram, count: int) -> dict:
    """Wait for the bot's messages without standing in its way, and return the last."""
    sent = await asyncio.to_thread(telegram.wait, count)
    assert len(sent) == count
    return sent[-1]


async def called(telegram: FakeTelegram, method: str, count: int = 1) -> list[dict]:
    await asyncio.to_thread(telegram.wait_for, lambda: len(telegram.called(method)) >= count, 10, method)
    return telegram.called(method)


def labels(message: dict) -> list[str]:
    return [button["text"] for row in message["reply_markup"]["inline_keyboard"] for button in row]


@pytest.fixture
def title() -> str:
    return replies.texts().library.cards["frequency"].title


async def test_a_question_is_answered_with_its_sources_as_links_and_its_related_questions(
    telegram, settings, handler, tmp_path, title
) -> None:
    async with polling(settings, handler, tmp_path):
        telegram.say(title)
        message = await arrived(telegram, 1)
    envelope = replies.answer(["frequency"]).envelope()
    assert message["text"].startswith(title)
    assert message["text"].endswith(envelope["steer"])
    assert message["links"] == [source["url"] for source in envelope["answers"][0]["sources"]]
    assert labels(message) == [replies.texts().library.cards[topic].title for topic in envelope["options"]]
    assert message["link_preview_options"] == {"is_disabled": True}
    assert telegram.called("sendChatAction")[0]["action"] == "typing"


async def test_a_tap_is_confirmed_its_choice_stays_visible_and_it_is_answered(
    telegram, settings, handler, tmp_path
) -> None:
    async with polling(settings, handler, tmp_path):
        telegram.say("unsure")
        offered = await arrived(telegram, 1)
        choice = labels(offered)[0]
        telegram.tap(offered, 0)
        message = await arrived(telegram, 2)
        await called(telegram, "editMessageReplyMarkup")
        assert labels(telegram.sent[0]) == [words.CHOSEN.format(title=choice)]
        telegram.tap(telegram.sent[0], 0)
        confirmed = await called(telegram, "answerCallbackQuery", 2)
    assert message["text"].startswith(choice)
    assert confirmed[1]["text"] == words.ALREADY_CHOSEN
    assert len(telegram.sent) == 2


async def test_none_of_these_and_other_short_answers_go_by_their_words(telegram, settings, handler, tmp_path) -> None:
    async with polling(settings, handler, tmp_path):
        telegram.say("safe?")
        asked = await arrived(telegram, 1)
        telegram.tap(asked, len(labels(asked)) - 1)
        await arrived(telegram, 2)
    assert handler.asked[-1][1] == "No, not safe"


async def test_each_command_gets_its_reply_and_none_reaches_rasa_as_an_intent(
    telegram, settings, handler, tmp_path, title
) -> None:
    commands = ["/start", "/start frequency", "/help", "/sources", "/privacy", "/feedback", "/delete", "/topics"]
    async with polling(settings, handler, tmp_path):
        for count, command in enumerate([*commands, "/restart", "/greet@b12_fake_bot", '/out_of_scope{"a": 1}'], 1):
            telegram.say(command)
            await arrived(telegram, count)
    texts = [message["text"] for message in telegram.sent]
    assert texts[0].startswith(replies.converse("greet").text[:20])
    assert texts[1].startswith(title)
    assert texts[2].startswith(replies.converse("capabilities").text[:20])
    assert words.PRIVACY_NOTE in texts[4]
    assert texts[6].startswith("Done. I deleted")
    assert len(labels(telegram.sent[7])) == 9
    assert handler.asked and not [text for _, text in handler.asked if text.startswith("/")]
    assert handler.forgotten == [handler.asked[0][0]]
    assert all("talk to a doctor" in text or "Ask your doctor" in text for text in texts)


async def test_the_list_of_questions_turns_its_pages_and_each_question_is_on_one(
    telegram, settings, handler, tmp_path
) -> None:
    seen: list[str] = []
    async with polling(settings, handler, tmp_path):
        telegram.say("/topics")
        message = await arrived(telegram, 1)
        for turn in range(1, 9):
            if labels(message)[0] in seen:
                break
            seen += labels(message)[:-1]
            telegram.tap(message, len(labels(message)) - 1)
            await called(telegram, "editMessageReplyMarkup", turn)
    assert seen == [card.title for card in replies.texts().library.cards.values()]


async def test_the_menu_is_set_and_an_old_webhook_is_taken_away(telegram, settings, handler, tmp_path) -> None:
    telegram.webhook = {"url": "http://127.0.0.1:9/old"}
    async with polling(settings, handler, tmp_path):
        telegram.say("Hello")
        await arrived(telegram, 1)
    (menu,) = telegram.called("setMyCommands")
    assert {command["command"] for command in menu["commands"]} == {
        "start", "help", "topics", "sources", "privacy", "feedback", "delete",
    }  # fmt: skip
    assert telegram.called("deleteWebhook")


async def test_a_group_is_told_once_asked_that_the_bot_answers_in_private(
    telegram, settings, handler, tmp_path
) -> None:
    group = {"id": -5, "type": "supergroup", "title": "Family"}
    async with polling(settings, handler, tmp_path):
        telegram.say("does it hurt", chat=8, group=group)
        telegram.say("@b12_fake_bot does it hurt", chat=8, group=group)
        message = await arrived(telegram, 1)
    assert message["text"].startswith("I only answer in private")
    assert not handler.asked


async def test_members_of_a_group_have_conversations_of_their_own(telegram, settings, handler, tmp_path) -> None:
    group = {"id": -5, "type": "supergroup", "title": "Family"}
    settings = Settings(settings.token, settings.api_base, groups=True)
    mine = {"message_id": 3, "date": 1, "chat": group, "from": {"id": 424242, "is_bot": True, "first_name": "B12"}}
    async with polling(settings, handler, tmp_path):
        telegram.say("just talking", chat=8, group=group)
        telegram.say("@B12_fake_bot does it hurt", chat=8, group=group)
        await arrived(telegram, 1)
        telegram.say("and how often", chat=9, group=group, reply_to_message=mine)
        await arrived(telegram, 2)
        telegram.say("/help@other_bot", chat=9, group=group)
        telegram.say("/help@b12_fake_bot", chat=9, group=group)
        message = await arrived(telegram, 3)
    assert [text for _, text in handler.asked] == ["does it hurt", "and how often", "What can you do?"]
    assert len({sender for sender, _ in handler.asked}) == 2
    assert message["reply_parameters"]["message_id"]
    assert len(telegram.called("setMyCommands")) == 2


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ({"photo": [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}]}, "I can only read text"),
        ({"voice": {"file_id": "a", "file_unique_id": "b", "duration": 3}}, "I can only read text"),
        ({"location": {"latitude": 1.0, "longitude": 1.0}}, "I can only read text"),
    ],
)
async def test_what_is_no_text_gets_one_polite_line_with_a_steer(
    telegram, settings, handler, tmp_path, content, says
) -> None:
    async with polling(settings, handler, tmp_path):
        telegram.say(**content)
        message = await arrived(telegram, 1)
    assert message["text"].startswith(says)
    assert "doctor, nurse or pharmacist" in message["text"]


async def test_an_album_gets_one_line_and_a_caption_is_read(telegram, settings, handler, tmp_path) -> None:
    photo = [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}]
    async with polling(settings, handler, tmp_path):
        for _ in range(3):
            telegram.say(photo=photo, media_group_id="m1")
        telegram.say(photo=photo, caption="my throat is closing up after the jab")
        message = await arrived(telegram, 2)
    assert message["text"].startswith("999")
    assert words.CAPTION_NOTE in message["text"]


async def test_an_emergency_names_the_number_first_even_behind_a_command(telegram, settings, handler, tmp_path) -> None:
    async with polling(settings, handler, tmp_path):
        telegram.say("/help my throat is closing up after the jab")
        message = await arrived(telegram, 1)
    html = telegram.called("sendMessage")[0]["text"]
    assert html.startswith("<b>999</b>\n")
    assert message["reply_markup"]["inline_keyboard"][0][0] == {"text": "Copy 999", "copy_text": {"text": "999"}}


async def test_too_fast_waits_as_long_as_told_and_others_do_not_wait(telegram, settings, handler, tmp_path) -> None:
    telegram.plan["sendMessage"] = [Refused(429, "Too Many Requests: retry after 1", retry_after=1)]
    async with polling(settings, handler, tmp_path):
        telegram.say("Hello", chat=7)
        await called(telegram, "sendMessage")
        telegram.say("Hello", chat=8)
        await arrived(telegram, 2)
    assert [message["chat_id"] for message in telegram.sent] == [8, 7]


async def test_a_blocked_bot_ends_quietly(telegram, settings, handler, tmp_path, caplog) -> None:
    telegram.plan["sendMessage"] = [Refused(403, "Forbidden: bot was blocked by the user")]
    async with polling(settings, handler, tmp_path):
        telegram.say("Hello", chat=7)
        await called(telegram, "sendMessage")
        telegram.say("Hello", chat=8)
        await arrived(telegram, 1)
    assert telegram.sent[0]["chat_id"] == 8
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


async def test_a_refused_form_falls_back_to_plain_text(telegram, settings, handler, tmp_path, title) -> None:
    telegram.plan["sendMessage"] = [Refused(400, "Bad Request: can't parse entities: ...")]
    async with polling(settings, handler, tmp_path):
        telegram.say(title)
        message = await arrived(telegram, 1)
    assert "parse_mode" not in message
    assert "<" not in message["text"]
    assert "https://" in message["text"], "the sources are there, as plain addresses"
    assert message["reply_markup"]


@pytest.mark.parametrize("failure", [Refused(502, "Bad Gateway"), "dropped"])
async def test_what_telegram_did_not_take_is_sent_again_and_arrives_once(
    telegram, settings, handler, tmp_path, failure
) -> None:
    telegram.plan["sendMessage"] = [failure]
    async with polling(settings, handler, tmp_path):
        telegram.say("Hello")
        await arrived(telegram, 1)
        await asyncio.sleep(1.5)
    assert len(telegram.sent) == 1


async def test_when_only_the_confirmation_is_lost_the_message_comes_again_rather_than_perhaps_never(
    telegram, settings, handler, tmp_path
) -> None:
    telegram.plan["sendMessage"] = ["lost"]
    async with polling(settings, handler, tmp_path):
        telegram.say("Hello")
        await arrived(telegram, 1)
        await arrived(telegram, 2)
    assert telegram.sent[0]["text"] == telegram.sent[1]["text"]
    assert len(handler.asked) == 1


async def test_a_message_refused_in_every_form_holds_up_nobody(telegram, settings, handler, tmp_path) -> None:
    telegram.plan["sendMessage"] = [Refused(400, "Bad Request: chat not found")] * 3
    async with polling(settings, handler, tmp_path):
        telegram.say("Hello", chat=7)
        await called(telegram, "sendMessage", 3)
        telegram.say("Hello", chat=8)
        message = await arrived(telegram, 1)
    assert message["chat_id"] == 8


async def test_when_the_assistant_breaks_the_person_still_gets_a_reply(telegram, settings, tmp_path) -> None:
    async def broken(message) -> None:
        raise RuntimeError(message.text)

    async with polling(settings, broken, tmp_path):
        telegram.say("does it hurt")
        message = await arrived(telegram, 1)
    assert message["text"].startswith("I'm sorry, something went wrong")


async def test_an_answer_that_cannot_be_recorded_is_given_once_it_can(
    telegram, settings, handler, tmp_path, monkeypatch
) -> None:
    disk = FullDisk(monkeypatch)
    async with polling(settings, handler, tmp_path):
        telegram.say("Hello")
        while disk.refused < 2:
            await asyncio.sleep(0.02)
        disk.full = False
        message = await arrived(telegram, 1)
    assert "B12" in message["text"]
    assert len(handler.asked) == 1, "the turn was taken twice"


async def test_a_long_message_is_told_the_limit_and_a_long_cry_for_help_is_answered(
    telegram, settings, handler, tmp_path
) -> None:
    cry = "my throat is closing up after the jab"
    async with polling(settings, handler, tmp_path):
        telegram.say("b" * words.LONGEST_TEXT)
        await arrived(telegram, 1)
        telegram.say("b" * (words.LONGEST_TEXT + 1))
        refused = await arrived(telegram, 2)
        telegram.say(cry + ". please" * 400)
        answered = await arrived(telegram, 3)
    assert refused["text"].startswith("Your message is too long") and "1,000" in refused["text"]
    assert "call 999" in refused["text"]
    assert answered["text"].startswith("999")
    assert [len(text) for _, text in handler.asked] == [words.LONGEST_TEXT, len(cry) + 400 * len(". please")]


async def test_words_behind_a_command_belong_to_it_or_are_asked(telegram, settings, handler, tmp_path) -> None:
    async with polling(settings, handler, tmp_path):
        for count, text in enumerate(
            ["/start my arm hurts", "/help does it hurt", "/feedback it was wrong", "/delete all", "/start ref1"], 1
        ):
            telegram.say(text)
            await arrived(telegram, count)
    assert [text for _, text in handler.asked] == ["my arm hurts", "does it hurt", "Hello"]
    assert len(handler.forgotten) == 1


async def test_the_bot_comes_up_by_itself_once_telegram_can_be_reached(
    telegram, settings, handler, tmp_path, caplog
) -> None:
    telegram.plan["getMe"] = ["dropped", Refused(500, "Internal Server Error")]
    telegram.plan["getUpdates"] = [Refused(409, "Conflict: terminated by other getUpdates request"), "dropped"]
    telegram.say("Hello")
    async with polling(settings, handler, tmp_path):
        await arrived(telegram, 1)
    assert "another process polls for this bot" in caplog.text
    assert settings.token not in caplog.text


async def test_the_log_and_the_kept_file_hold_no_words_names_or_numbers_of_people(
    telegram, settings, handler, tmp_path: Path, caplog
) -> None:
    caplog.set_level("DEBUG")
    telegram.plan["sendMessage"] = [Refused(502, "Bad Gateway")]
    async with polling(settings, handler, tmp_path):
        telegram.say("my xylophone hurts", chat=987654321)
        await called(telegram, "sendMessage")
        kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
        await arrived(telegram, 1)
    for secret in ("xylophone", "987654321", "Secretname"):
        assert secret.encode() not in kept
        assert secret not in "".join(
            record.getMessage() for record in caplog.records if record.name.startswith("assistant")
        )
    assert "987654321" not in handler.asked[0][0]
