"""Whatever breaks in a turn, exactly one reply with its steer comes out."""

import asyncio
from typing import Any

import pytest
from rasa.core.channels.channel import UserMessage

from assistant import reply as replies
from assistant.channels.turn import take_turn


def sent(reply: replies.Reply) -> dict[str, Any]:
    return {"text": reply.text, "custom": reply.envelope(), "buttons": reply.buttons}


async def silence(message: UserMessage) -> None:
    return None


async def crash(message: UserMessage) -> None:
    raise RuntimeError(message.text)


async def hang(message: UserMessage) -> None:
    await asyncio.sleep(60)


async def plain_text(message: UserMessage) -> None:
    await message.output_channel.send_response("a", {"text": "B12 is a vitamin."})


async def no_steer(message: UserMessage) -> None:
    await message.output_channel.send_response(
        "a", {"text": "B12 is a vitamin.", "custom": {"kind": "answer", "steer": ""}}
    )


@pytest.mark.parametrize("handle", [silence, crash, hang, plain_text, no_steer])
async def test_a_turn_without_a_whole_reply_ends_in_the_failed_one(handle, caplog: pytest.LogCaptureFixture) -> None:
    message = await take_turn(handle, "my secret worry", "a", "test", longest=0.2)
    assert message["custom"]["kind"] == "failed"
    assert message["custom"]["steer"] in message["text"]
    assert "secret" not in caplog.text
    assert caplog.records


async def test_a_whole_reply_passes_unchanged() -> None:
    reply = replies.answer(["dosage"])

    async def answer(message: UserMessage) -> None:
        await message.output_channel.send_response("a", sent(reply))

    message = await take_turn(answer, "how much", "a", "test")
    assert message == {"recipient_id": "a", **sent(reply)}


async def test_text_with_blank_lines_stays_one_message() -> None:
    async def answer(message: UserMessage) -> None:
        await message.output_channel.send_response("a", sent(replies.answer(["dosage", "frequency"])))

    assert "\n\n" in (await take_turn(answer, "how much", "a", "test"))["text"]
