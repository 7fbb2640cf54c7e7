"""Writes docs/conversations.md: what the assistant really says, turn by turn. ``python -m tests.transcripts``."""

import asyncio

from assistant import logs, models, paths
from assistant.channels.turn import take_turn
from assistant.server import load_agent

DOCUMENT = paths.DOCS / "conversations.md"
CONVERSATIONS = {
    "Two questions, then a child": ["does it hurt and how often do i need it", "and for my 8 year old", "which ones are serious"],
    "A medicine, then tablets": ["can i have it with omeprazole", "and sertraline", "what about tablets then", "simpler please"],
    "Asking back": ["do i need bloods first", "2", "where does that come from"],
    "A decision that is nobody's but a clinician's": ["my level is 180, do i need shots", "should i double the dose", "is that the same in america"],
    "An emergency in between": ["how long do they last", "my lips have gone huge since the jab this morning", "how much is it", "yes im safe, the ambulance came", "is it safe"],
}  # fmt: skip


async def talk() -> str:
    """Return the document: each conversation's messages and the assistant's whole replies."""
    agent = await load_agent(models.find())
    parts = [
        "# Conversations",
        "Made by `.venv/bin/python -m tests.transcripts`: these are the assistant's own replies, whole.",
    ]
    for number, (title, turns) in enumerate(CONVERSATIONS.items()):
        parts.append(f"## {title}")
        for turn in turns:
            message = await take_turn(agent.handle_message, turn, f"transcript {number}", "transcript")
            reply = "\n".join(f"> {line}".rstrip() for line in message["text"].split("\n"))
            parts += [f"**{turn}**", reply]
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    logs.configure()
    DOCUMENT.write_text(asyncio.run(talk()), encoding="utf-8")
