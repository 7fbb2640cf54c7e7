"""The server: Rasa's agent behind the project's own channels, with the actions in the same process."""

import asyncio
import contextlib
import ctypes
import gc
import logging
import socket
from collections.abc import Callable
from functools import partial
from pathlib import Path

from assistant import quiet

quiet.settle()

from rasa.core import agent as rasa_agent  # noqa: E402
from rasa.core.agent import Agent  # noqa: E402
from rasa.core.channels import channel as rasa_channel  # noqa: E402
from rasa.core.run import create_http_input_channels  # noqa: E402
from rasa.core.utils import AvailableEndpoints  # noqa: E402
from sanic import Sanic  # noqa: E402

from assistant import logs, models, paths, reply, self_test  # noqa: E402
from assistant.errors import AssistantError  # noqa: E402
from assistant.in_process_actions import InProcessActions, build_result_validator_once  # noqa: E402

logger = logging.getLogger(__name__)

# A message has at most 1,000 characters; the rest of this is room to say so instead of closing the connection.
LARGEST_BODY = 1_000_000


async def load_agent(model: Path, *, remote_actions: bool = False) -> Agent:
    """Load an agent that has passed its self-test.

    Args:
        model: the model's path.
        remote_actions: call the action server of ``endpoints.yml`` instead of running the actions here.

    Raises:
        AssistantError: the model can't be loaded, or fails the self-test.
    """
    build_result_validator_once()
    reply.texts()  # broken texts are found now, not by the first person who asks
    endpoints = AvailableEndpoints.read_endpoints(str(paths.ROOT / "endpoints.yml"))
    if not remote_actions:
        endpoints.action = InProcessActions()
    agent = await rasa_agent.load_agent(str(model), endpoints=endpoints)
    if not agent.is_ready():
        raise AssistantError(
            f"The model {paths.shown(model)} could not be loaded. Train it anew: rm {paths.shown(model)} && make train"
        )
    asked = await self_test.ask_golden(agent.parse_message, model)
    logger.info("the model %s passed %d golden questions", model.name, asked)
    _give_back_memory()
    return agent


def _give_back_memory() -> None:
    """Return to the system what loading took and freed: some 50 MB that the C library would keep."""
    gc.collect()
    with contextlib.suppress(OSError, AttributeError):  # another C library than glibc
        ctypes.CDLL("libc.so.6").malloc_trim(0)


def create_app(model: Path, *, remote_actions: bool = False, on_ready: Callable[[], None] = lambda: None) -> Sanic:
    """Return the web application. ``on_ready`` is called once it can answer."""
    Sanic.test_mode = True  # lets a process make more than one application
    app = Sanic("b12_assistant", configure_logging=False)
    app.config.FALLBACK_ERROR_FORMAT = "json"
    app.config.REQUEST_MAX_SIZE = LARGEST_BODY
    rasa_channel.register(
        create_http_input_channels(None, str(paths.ROOT / "credentials.yml")), app, route="/webhooks/"
    )

    async def start(running: Sanic, _: asyncio.AbstractEventLoop) -> None:
        running.ctx.agent = await load_agent(model, remote_actions=remote_actions)

    async def ready(running: Sanic, _: asyncio.AbstractEventLoop) -> None:
        on_ready()

    app.register_listener(start, "before_server_start")
    app.register_listener(ready, "after_server_start")
    return app


def serve(host: str, port: int, *, model: Path | None = None, remote_actions: bool = False) -> None:
    """Serve until stopped.

    Raises:
        AssistantError: there is no fitting model, it fails its self-test, or the port is taken.
    """
    logs.configure()
    path = models.find(model)
    _check_port(host, port)
    app = create_app(path, remote_actions=remote_actions, on_ready=partial(_announce, host, port))
    app.run(host=host, port=port, access_log=False, motd=False)


def _announce(host: str, port: int) -> None:
    print(f"Ready: http://{host}:{port}/webhooks/rest/webhook", flush=True)


def _check_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise AssistantError(
                f"Cannot listen on {host}:{port} ({error.strerror}). Stop what uses it, or choose another: --port"
            ) from None
