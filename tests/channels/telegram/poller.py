"""A poller in a process of its own, to be killed: ``python poller.py <Bot API> <folder>``."""

import asyncio
import sys
from pathlib import Path

from assistant import quiet

quiet.settle()

from bots import Handler  # noqa: E402
from fake_telegram import TOKEN  # noqa: E402

from assistant.channels.telegram.polling import open_queue, poll  # noqa: E402
from assistant.channels.telegram.settings import Settings  # noqa: E402

address, folder = sys.argv[1:]
settings = Settings(TOKEN, address)
asyncio.run(poll(settings, open_queue(settings, Path(folder)), Handler(), lambda conversation: None))
