"""An emergency is answered even when the classifier, or everything behind the channel, is broken."""

import pytest

from assistant import reply as replies
from assistant.channels.turn import take_turn


async def crash(message) -> None:
    raise RuntimeError("the classifier is broken")


async def declines(message) -> None:
    reply = replies.decline()
    await message.output_channel.send_response("a", {"text": reply.text, "custom": reply.envelope()})


@pytest.mark.parametrize("handle", [crash, declines])
@pytest.mark.parametrize(
    ("text", "kind"), [("my throat is closing up after the jab", "emergency"), ("i want to kill myself", "crisis")]
)
async def test_a_red_flag_is_answered_whatever_the_pipeline_does(handle, text: str, kind: str) -> None:
    message = await take_turn(handle, text, "a", "test")
    assert message["custom"]["kind"] == kind
    assert message["custom"]["steer"] in message["text"]


async def test_a_calm_message_is_left_alone() -> None:
    assert (await take_turn(declines, "can b12 cause anaphylaxis", "a", "test"))["custom"]["kind"] == "out_of_scope"
