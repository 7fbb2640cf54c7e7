"""Over REST the text lists the questions below a reply: a client without buttons shows nothing else."""

from typing import Any

import pytest

from assistant import reply as replies
from assistant.channels.rest import with_list
from assistant.reply import Reply


def message(reply: Reply) -> dict[str, Any]:
    return {"text": reply.text, "custom": reply.envelope(), "buttons": reply.buttons}


@pytest.mark.parametrize(
    "reply",
    [replies.decline(), replies.stuck(), replies.converse("greet"), replies.nothing_more(["dosage"])],
    ids=["a decline", "stuck", "a greeting", "nothing more"],
)
def test_what_is_suggested_is_numbered_before_the_steer(reply: Reply) -> None:
    text = with_list(message(reply))["text"]
    titles = [replies.texts().library.cards[topic].title for topic in reply.options]
    assert text.endswith(
        "\n".join(f"{number}. {title}" for number, title in enumerate(titles, 1)) + f"\n\n{reply.steer}"
    )
    assert text.startswith(reply.text.removesuffix(reply.steer))


@pytest.mark.parametrize(
    "reply",
    [
        replies.clarify(["dosage", "frequency"]),
        replies.answer(["dosage"]),
        replies.explain(["dosage"], "more"),
        replies.converse("thanks"),
        replies.emergency(),
        replies.safe_now(),
    ],
    ids=["asked back", "an answer", "tell me more", "nothing suggested", "an emergency", "safe now"],
)
def test_other_replies_stay_as_they_are(reply: Reply) -> None:
    assert with_list(message(reply))["text"] == reply.text
