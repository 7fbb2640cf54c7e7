"""The same question gets the same answer on every channel: over REST, on the website, at the kiosk and on Telegram.

For each card its title and a lay question of the held-out ones are asked, one after the other in a conversation of their own.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from assistant import paths, yaml_lines
from assistant.channels.telegram import format as shown
from assistant.guidance import library
from tests.channels.telegram.emulated import Emulator, b12
from tests.channels.web.conftest import Person

# For each topic the two questions, and what REST answers.
Answers = dict[str, list[tuple[str, dict[str, Any]]]]


def questions() -> dict[str, list[str]]:
    """Return, for each card, its title and the first held-out question that isn't it."""
    asked = {}
    for topic, card in library.load().cards.items():
        held_out = [item["text"] for item in yaml_lines.load(paths.ROOT / f"tests/questions/{topic}.yml").data]
        lay = next(text for text in held_out if text.strip("?").lower() != card.title.strip("?").lower())
        asked[topic] = [card.title, lay]
    return asked


@pytest.fixture(scope="module")
def rest(server: str) -> Answers:
    said: Answers = {}
    for topic, texts in questions().items():
        sender, said[topic] = os.urandom(8).hex(), []
        for text in texts:
            body = {"sender": sender, "message": text}
            (message,) = httpx.post(f"{server}/webhooks/rest/webhook", json=body, timeout=30).json()
            said[topic].append((text, message))
    return said


def test_every_title_is_answered_with_its_card_and_most_lay_questions_too(rest: Answers) -> None:
    assert len(rest) >= 54
    assert [both[0][1]["custom"]["topics"] for both in rest.values()] == [[topic] for topic in rest]
    lay = [topic in both[1][1]["custom"]["topics"] for topic, both in rest.items()]
    assert sum(lay) >= 0.8 * len(lay)


@pytest.mark.parametrize("channel", ["web", "kiosk"])
def test_the_websites_answers_are_those_of_rest(server: str, rest: Answers, channel: str) -> None:
    for both in rest.values():
        person = Person(server, channel)  # a chat for two messages: nobody meets a limit
        for text, expected in both:
            message, envelope = person.ask(text), expected["custom"]
            for field in ("kind", "topics", "urgency", "steer", "options", "contacts"):
                assert message[field] == envelope[field], (text, field)
            assert sources(message) == sources(envelope), text
            # In an emergency the kiosk names the desk in the room first; the rest is word for word the same.
            assert message["text"].endswith(expected["text"]), text
            desk = channel == "kiosk" and envelope["kind"] in ("emergency", "crisis")
            assert desk or message["text"] == expected["text"], text
            assert envelope["steer"] in message["text"], text


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    made = Emulator()
    yield made
    made.close()


def test_telegrams_answers_are_those_of_rest(emulator: Emulator, model: Path, rest: Answers, tmp_path: Path) -> None:
    with b12(["telegram"], emulator.environment, tmp_path / "log.txt"):
        for both in rest.values():
            for text, expected in both:
                emulator.do("say", text=text)
                messages, parts = emulator.read_all(), shown.parts(expected)
                while len(messages) < len(
                    parts
                ):  # a long answer's second message comes a moment later; `read` waits for it
                    messages += emulator.read_all()
                assert [message["text"] for message in messages] == [part.html for part in parts], text
                keyboard = messages[-1].get("reply_markup", {}).get("inline_keyboard", [])
                assert keyboard == parts[-1].keyboard, text
                seen = "\n".join(message["text"] for message in messages).replace("&amp;", "&")
                assert expected["custom"]["steer"] in "\n".join(message["seen"] for message in messages), text
                assert all(url in seen for url in sources(expected["custom"])), text
            emulator.say("/delete")  # the next two are asked in a conversation of their own
    assert "Traceback" not in (tmp_path / "log.txt").read_text()


def sources(envelope: dict[str, Any]) -> list[str]:
    """Return the addresses of the sources of a reply, in its order."""
    return [source["url"] for answer in envelope["answers"] for source in answer["sources"]]
