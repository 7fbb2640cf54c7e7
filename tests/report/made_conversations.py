"""Makes conversations with a running server from the test conversations and questions, and counts what it answered.

``python -m tests.report.made_conversations http://127.0.0.1:5005 500``: to look at a report that has something in it. The server must
trust this machine as a proxy (``web.trusted_proxies`` of clinic.yml), so that each person may have an address of their own.
"""

import random
import secrets
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx

from assistant import feedback, paths, yaml_lines
from tests.channels.web.conftest import address

# How many of ten conversations are on which channel.
CHANNELS = ("web",) * 5 + ("kiosk",) * 3 + ("rest",) * 2


@dataclass
class Counts:
    """What the server's replies say, counted without its database."""

    begun: Counter[str] = field(default_factory=Counter)
    messages: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    topics: Counter[str] = field(default_factory=Counter)
    offered: Counter[str] = field(default_factory=Counter)
    same_day: int = 0
    # (topic, version, useful)
    ratings: Counter[tuple[str, str, bool]] = field(default_factory=Counter)
    reasons: Counter[str | None] = field(default_factory=Counter)

    def add(self, channel: str, envelope: dict[str, Any]) -> None:
        """Count a reply."""
        self.messages[channel] += 1
        self.kinds[envelope["kind"]] += 1
        self.same_day += envelope["urgency"] == "same_day"
        if envelope["kind"] == "answer":
            self.topics.update(envelope["topics"])
        if envelope["kind"] == "clarify":
            self.offered[", ".join(sorted(envelope["options"]))] += 1


class Talker:
    """Somebody who talks to the server."""

    def __init__(self, client: httpx.Client, channel: str, counts: Counts) -> None:
        self._client, self._channel, self._counts = client, channel, counts
        self._sender, self._headers = secrets.token_hex(8), {"X-Forwarded-For": address()}
        if channel != "rest":
            opened = self._post(f"/{channel}/session", {}).json()
            self._headers["Authorization"] = f"Bearer {opened['token']}"
        counts.begun[channel] += 1

    def say(self, text: str) -> dict[str, Any]:
        """Send a message and return its reply's envelope."""
        if self._channel == "rest":
            (message,) = self._post("/webhooks/rest/webhook", {"sender": self._sender, "message": text}).json()
            envelope = message["custom"]
        else:
            body = {"id": secrets.token_hex(8), "text": text}
            envelope = self._post(f"/{self._channel}/messages", body).json()["message"]
        self._counts.add(self._channel, envelope)
        return envelope

    def rate(self, envelope: dict[str, Any], useful: bool, reason: str | None) -> None:
        """Rate an answer."""
        self._post(
            f"/{self._channel}/feedback", {"token": envelope["feedback_token"], "useful": useful, "reason": reason}
        )
        self._counts.ratings.update((entry["topic"], entry["version"], useful) for entry in envelope["answers"])
        self._counts.reasons[reason] += 1

    def _post(self, path: str, body: dict[str, Any]) -> httpx.Response:
        answer = self._client.post(path, json=body, headers=self._headers)
        assert answer.status_code < 300, answer.text
        return answer


def scripts(chance: random.Random) -> Iterator[list[str]]:
    """Yield what people say, a conversation each: one that needs a doctor today, then test conversations, test questions,
    now and then something urgent.
    """
    today = yaml_lines.load(paths.ROOT / "tests" / "safety" / "same_day.yml").data
    yield [chance.choice(today)["text"]]
    held = [
        [turn["say"] for turn in yaml_lines.load(path).data]
        for path in sorted((paths.ROOT / "tests" / "conversations").rglob("*.yml"))
    ]
    asked = [item["text"] for path in sorted(paths.QUESTIONS.glob("*.yml")) for item in yaml_lines.load(path).data]
    while True:
        if chance.random() < 0.3:
            yield chance.choice(held)
        else:
            yield [chance.choice(asked) for _ in range(chance.choice((1, 1, 2, 2, 3, 5)))]


def talk(server: str, conversations: int, seed: int = 0) -> Counts:
    """Hold conversations one after the other; rate a third of the answers on the web. Return what was counted."""
    chance = random.Random(seed)
    counts, told = Counts(), scripts(chance)
    with httpx.Client(base_url=server, timeout=30) as client:
        for number in range(conversations):
            talker = Talker(client, CHANNELS[number % len(CHANNELS)], counts)
            for text in next(told)[:15]:  # a chat may send 20 a minute
                envelope = talker.say(text[:500])
                if envelope["feedback_token"] and chance.random() < 0.3:
                    useful = chance.random() < 0.7
                    talker.rate(envelope, useful, None if useful else chance.choice((None, *feedback.REASONS)))
    return counts


if __name__ == "__main__":
    print(talk(sys.argv[1], int(sys.argv[2])))
