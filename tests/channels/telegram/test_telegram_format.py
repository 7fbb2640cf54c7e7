"""Telegram's messages say what the envelope says, for every card, within Telegram's limits."""

import re

import pytest
from fake_telegram import check_keyboard, read_html, units
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant import reply as replies
from assistant.channels.telegram import format as shown
from assistant.channels.telegram import words
from assistant.guidance import library
from assistant.reply import Reply

CARDS = sorted(library.load().cards)


def message(reply: Reply) -> dict:
    return {"text": reply.text, "custom": reply.envelope(), "buttons": reply.buttons}


def seen(parts: list[shown.Part]) -> tuple[str, list[str]]:
    """What people see of the messages, and where their links lead; each within Telegram's limits."""
    texts, links = [], []
    for part in parts:
        text, found = read_html(part.html)
        assert 0 < units(text) <= 4096
        assert 0 < units(part.plain) <= 4096
        if part.keyboard:
            check_keyboard({"inline_keyboard": part.keyboard})
        texts.append(text)
        links += found
    return "\n\n".join(texts), links


@pytest.mark.parametrize("version", ["short", "more", "simple"])
@pytest.mark.parametrize("topic", CARDS)
def test_a_card_shows_the_same_words_sources_and_steer_as_over_rest(topic: str, version) -> None:
    reply = replies.answer([topic], version=version)
    text, links = seen(shown.parts(message(reply)))
    (answer,) = reply.answers
    for paragraph in reply.text.split("\n\n"):
        assert re.sub(r"^- ", "• ", paragraph, flags=re.M).replace("**", "") in text
    assert text.startswith(answer["title"])
    assert text.endswith(reply.steer)
    assert links == [source["url"] for source in answer["sources"]]
    buttons = [row[0]["callback_data"] for part in shown.parts(message(reply)) for row in part.keyboard]
    assert buttons == [shown.TOPIC + topic for topic in reply.options]


@pytest.mark.parametrize(
    "reply",
    [
        *(
            replies.converse(name)
            for name in ("greet", "capabilities", "privacy", "find_provider", "feedback_negative")
        ),
        *(replies.decline(kind) for kind in replies.texts().fixed.out_of_scope),
        replies.clarify(["frequency", "dosage", "stopping"]),
        replies.show_sources(["frequency", "dosage"]),
        replies.answer(["frequency", "dosage", "stopping"], version="more"),
        replies.same_day("nerves", replies.answer(["frequency"]))
        if "nerves" in replies.texts().hazards
        else replies.answer(["nerve_symptoms"]),
        replies.emergency(),
        *(replies.emergency(hazard) for hazard in replies.texts().hazards),
        replies.crisis(),
        replies.safe_now(),
        replies.failed(),
    ],
    ids=lambda reply: reply.kind + "-" + "-".join(reply.topics),
)
def test_every_kind_of_reply_keeps_its_words_and_its_steer(reply: Reply) -> None:
    text, _ = seen(shown.parts(message(reply)))
    assert reply.steer in text
    shown_words = re.sub(r"\W+", " ", text)
    for paragraph in reply.text.split("\n\n"):
        unlinked = re.sub(r": https?://\S+", "", paragraph)
        for line in unlinked.split("\n"):
            assert re.sub(r"\W+", " ", line).strip() in shown_words


@pytest.mark.parametrize("reply", [replies.emergency(), replies.crisis(), replies.safe_now()], ids=lambda r: r.kind)
def test_in_danger_the_number_stands_first_and_can_be_copied_with_a_tap(reply: Reply) -> None:
    parts = shown.parts(message(reply))
    assert parts[0].html.startswith(f"<b>{reply.contacts[0]['number']}</b>\n")
    assert parts[0].plain.startswith(reply.contacts[0]["number"])
    copied = [row[0]["copy_text"]["text"] for row in parts[-1].keyboard if "copy_text" in row[0]]
    assert copied == list(dict.fromkeys(contact["number"].replace(" ", "") for contact in reply.contacts))


def test_listed_sources_become_links_and_are_not_listed_twice() -> None:
    reply = replies.show_sources(["frequency"])
    _, links = seen(shown.parts(message(reply)))
    assert links == [source["url"] for source in reply.answers[0]["sources"]]


def test_privacy_says_that_telegram_is_another_company() -> None:
    text, _ = seen(shown.parts(message(replies.converse("privacy"))))
    assert words.PRIVACY_NOTE in text


def test_a_payload_that_telegram_cannot_carry_costs_the_button_and_not_the_answer() -> None:
    reply = message(replies.decline())
    reply["buttons"] = [{"title": "long", "payload": "x" * 63}, {"title": "short", "payload": "é" * 31}]
    (part,) = shown.parts(reply)
    assert [row[0]["text"] for row in part.keyboard] == ["short"]


def test_bold_and_lists_are_shown_as_such() -> None:
    reply = message(replies.decline())
    reply["text"] = "**Now** & <here>\n- one\n- two\n\n" + reply["custom"]["steer"]
    (part,) = shown.parts(reply)
    assert part.html.startswith("<b>Now</b> &amp; &lt;here&gt;\n• one\n• two\n\n")


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.text(st.sampled_from("ab <>&\"'*\n-_😀é́"), min_size=1, max_size=300).map(lambda piece: (piece * 40)[:9000]),
        min_size=1,
        max_size=4,
    )
)
def test_any_text_of_any_length_is_split_within_the_limits_and_loses_no_word(paragraphs: list[str]) -> None:
    reply = message(replies.decline())
    reply["text"] = "\n\n".join(["Begin.", *paragraphs, reply["custom"]["steer"]])
    text, _ = seen(shown.parts(reply))

    def kept(value: str) -> str:
        return re.sub(r"[\s*•-]+", "", value)

    assert kept(text) == kept(reply["text"])


def test_paragraphs_stay_whole_where_they_fit() -> None:
    reply = message(replies.decline())
    paragraphs = ["word " * 400, "other " * 400, reply["custom"]["steer"]]
    reply["text"] = "\n\n".join(paragraphs)
    parts = shown.parts(reply)
    assert len(parts) == 2
    assert not parts[0].keyboard and parts[1].keyboard
    assert parts[0].plain.strip() == paragraphs[0].strip()
