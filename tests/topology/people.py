"""People who talk to the website at the same time, each as the widget does: an answer that doesn't come is asked for again."""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx

QUESTIONS = [
    "does it hurt",
    "simpler please",
    "how often do i need the jabs",
    "tell me more",
    "what are the side effects",
]
TRIES = 40


@dataclass
class Seen:
    """What people saw.

    Attributes:
        asked: messages that were sent, each once counted.
        replies: the reply to each message's id.
        again: how often a message had to be sent again.
        lost: messages that never got a reply.
        forgotten: follow-ups that were not understood as such: the conversation was lost.
    """

    asked: int = 0
    replies: dict[str, dict] = field(default_factory=dict)
    again: int = 0
    lost: list[str] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)


def answered(message: dict) -> list[str]:
    """The topics that a message answers."""
    return [answer["topic"] for answer in message["answers"]]


async def talk(url: str, people: int, until: Callable[[], bool], seen: Seen) -> None:
    """Let people talk until they have had enough, and each has ended the round of questions."""
    limits = httpx.Limits(max_connections=people)
    async with httpx.AsyncClient(base_url=url, timeout=70, limits=limits) as client:
        await asyncio.gather(*(_person(client, until, seen) for _ in range(people)))


async def _person(client: httpx.AsyncClient, until: Callable[[], bool], seen: Seen) -> None:
    while not until():
        opened = await _sent(client, seen, "/web/session", {}, {})
        if opened is None:
            seen.lost.append("session")
            continue
        headers = {"Authorization": f"Bearer {opened['token']}"}
        topic: list[str] = []
        for text in QUESTIONS:
            message = {"id": secrets.token_hex(8), "text": text}
            seen.asked += 1
            answer = await _sent(client, seen, "/web/messages", message, headers)
            if answer is None:
                seen.lost.append(text)
                continue
            assert answer["id"] == message["id"]
            reply = seen.replies[message["id"]] = answer["message"]
            if text in ("simpler please", "tell me more") and answered(reply) != topic:
                seen.forgotten.append(f"{text}: {reply['kind']} {answered(reply)} after {topic}")
            topic = answered(reply)


async def _sent(client: httpx.AsyncClient, seen: Seen, path: str, body: dict, headers: dict) -> dict | None:
    for number in range(TRIES):
        seen.again += number > 0
        try:
            answer = await client.post(path, json=body, headers=headers)
        except httpx.TransportError:
            await asyncio.sleep(0.25)
            continue
        if answer.status_code in (200, 201):
            return answer.json()
        assert answer.status_code == 503, answer.text  # nothing else may happen to somebody who asks properly
        await asyncio.sleep(0.25)
    return None
