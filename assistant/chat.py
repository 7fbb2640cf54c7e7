"""Talk to the assistant in the terminal: the server's agent without a server."""

import asyncio
import uuid

from rich.console import Console
from rich.panel import Panel

from assistant import logs, models
from assistant.channels.rest import LONGEST_MESSAGE
from assistant.channels.turn import take_turn


def talk() -> None:
    """Read questions and print replies until the person writes 'quit' or closes the input. A number picks an offered question."""
    logs.configure()
    asyncio.run(_talk(Console()))


async def _talk(console: Console) -> None:
    from assistant.server import load_agent

    agent = await load_agent(models.find())
    sender = uuid.uuid4().hex
    buttons: list[dict[str, str]] = []
    console.print(
        "Ask about vitamin B12 deficiency or B12 injections. A number picks an offered question; 'quit' ends."
    )
    while True:
        try:
            text = (await asyncio.to_thread(console.input, "[bold]You: [/]")).strip()
        except (EOFError, KeyboardInterrupt):
            break
        if text.lower() in ("quit", "exit"):
            break
        if not text:
            continue
        if text.isdigit() and 0 < int(text) <= len(buttons):
            text = buttons[int(text) - 1]["payload"]
        message = await take_turn(agent.handle_message, text[:LONGEST_MESSAGE], sender, "terminal")
        console.print(Panel(message["text"], title=message["custom"]["kind"], title_align="left"))
        buttons = message.get("buttons", [])
        for number, button in enumerate(buttons, start=1):
            console.print(f"  {number}. {button['title']}", highlight=False)
