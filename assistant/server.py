"""The server: Rasa's agent behind the project's own channels, with the actions in the same process."""

import asyncio
import contextlib
import ctypes
import gc
import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from assistant import quiet, training_imports

quiet.settle()
training_imports.defer()

from rasa.core import agent as rasa_agent  # noqa: E402
from rasa.core.agent import Agent  # noqa: E402
from rasa.core.channels import channel as rasa_channel  # noqa: E402
from rasa.core.channels.channel import InputChannel  # noqa: E402
from rasa.core.tracker_store import TrackerStore  # noqa: E402
from rasa.core.utils import AvailableEndpoints  # noqa: E402
from rasa.shared.core.domain import Domain  # noqa: E402
from rasa.shared.exceptions import RasaException  # noqa: E402
from rasa.shared.utils.common import class_from_module_path  # noqa: E402
from rasa.shared.utils.io import read_yaml  # noqa: E402
from rasa.utils.endpoints import EndpointConfig  # noqa: E402
from ruamel.yaml.error import YAMLError  # noqa: E402
from sanic import Sanic  # noqa: E402
from sanic.request import Request  # noqa: E402
from sanic.response import BaseHTTPResponse  # noqa: E402
from threadpoolctl import threadpool_limits  # noqa: E402

training_imports.let_others_load()

from assistant import address, health, logs, models, paths, reply, self_test, settings, stopping, takeover  # noqa: E402
from assistant.errors import AssistantError  # noqa: E402
from assistant.in_process_actions import InProcessActions  # noqa: E402
from assistant.report import routes as report_routes  # noqa: E402
from assistant.speed import replacements  # noqa: E402
from assistant.speed.nlu_workers import fitting_count  # noqa: E402
from assistant.speed.processor import ServingProcessor  # noqa: E402
from assistant.storage import database, redis  # noqa: E402
from assistant.storage.keys import Keys  # noqa: E402
from assistant.storage.upkeep import Upkeep  # noqa: E402
from assistant.web import headers, pages, problems, staff  # noqa: E402

logger = logging.getLogger(__name__)

# A message has at most 1,000 characters; the rest of this is room to say so instead of closing the connection.
LARGEST_BODY = 1_000_000
# So many new objects make the collector look for those that hold each other. With Python's 700 that took 4 % of a turn.
_NEW_OBJECTS = 20_000
# Whoever sends a request a byte at a time holds a connection no longer than this.
LONGEST_REQUEST_SECONDS = 20


async def load_agent(
    model: Path,
    *,
    remote_actions: bool = False,
    endpoints_file: Path = paths.ROOT / "endpoints.yml",
    stored: bool = False,
) -> Agent:
    """Load an agent that has passed its self-test.

    Args:
        model: the model's path.
        remote_actions: call the action server that the endpoints name instead of running the actions here.
        endpoints_file: Rasa's file of endpoints: the action server, the tracker store, the lock store.
        stored: keep conversations in the tracker store that the endpoints name; otherwise they are in memory only.

    Raises:
        AssistantError: the model can't be loaded, or fails the self-test.
    """
    replacements.replace()
    takeover.keep_apart()
    rasa_agent.MessageProcessor = ServingProcessor  # type: ignore[misc]
    # The model's file is read through in a thread meanwhile.
    whole = asyncio.get_running_loop().run_in_executor(None, models.is_whole, model)
    reply.texts()  # broken texts are found now, not by the first person who asks
    endpoints = _endpoints(endpoints_file)
    if not remote_actions:
        endpoints.action = InProcessActions()
    if not stored:
        endpoints.tracker_store = endpoints.lock_store = endpoints.event_broker = None
    elif endpoints.tracker_store and not endpoints.event_broker:
        endpoints.tracker_store = _store(endpoints.tracker_store)
    agent = await rasa_agent.load_agent(str(model), endpoints=endpoints) if await whole else None
    if agent is None or not agent.is_ready():
        raise AssistantError(
            f"The model {paths.shown(model)} could not be loaded. Train it anew: rm {paths.shown(model)} && make train"
        )
    asked = await self_test.ask_golden(agent.parse_message, model)
    logger.info("the model %s passed %d golden questions", model.name, asked)
    _give_back_memory(for_good=stored)
    return agent


def _endpoints(path: Path) -> AvailableEndpoints:
    """Return the endpoints that a file names; Rasa's own reads and checks the file once for each of the seven."""
    named = _read(path)
    kinds = ("nlg", "nlu", "action_endpoint", "models", "tracker_store", "lock_store", "event_broker")
    return AvailableEndpoints(*(EndpointConfig.from_dict(named[kind]) if named.get(kind) else None for kind in kinds))


def _store(named: EndpointConfig) -> TrackerStore | EndpointConfig:
    """Return the tracker store that the endpoints name by its class; Rasa's factory imports MongoDB's and DynamoDB's libraries first.

    Stores that it knows by a short name are left to it.
    """
    if "." not in (named.type or ""):
        return named
    return class_from_module_path(named.type)(host=named.url, domain=Domain.empty(), event_broker=None, **named.kwargs)


def _read(path: Path) -> dict[str, Any]:
    """Return what a YAML file of Rasa's holds, with the environment's variables put in.

    Rasa's ``read_config_file`` checks no more of it, with a schema that takes 0.2 seconds.

    Raises:
        AssistantError: it is missing, is no YAML, names a variable that isn't set, or holds no names.
    """
    try:
        found = read_yaml(path.read_text(encoding="utf-8"))
    except (OSError, YAMLError, RasaException) as error:
        problem = " ".join(str(error).split())
        raise AssistantError(f"{paths.shown(path)} can't be read: {problem}. Mend it, or put it back.") from None
    if not isinstance(found, dict):
        raise AssistantError(f"{paths.shown(path)} must hold names with their values; put it back.")
    return found


def _give_back_memory(*, for_good: bool) -> None:
    """Return to the system what loading took and freed: some 50 MB that the C library would keep.

    Args:
        for_good: what is loaded now stays for the process's life, so the collector need not look through it again and again. It must
            where another version is taken over: then the present one is to be freed.
    """
    gc.collect()
    if for_good:
        gc.freeze()
        gc.set_threshold(_NEW_OBJECTS)
    else:
        gc.unfreeze()
    gc.enable()
    with contextlib.suppress(OSError, AttributeError):  # another C library than glibc
        ctypes.CDLL("libc.so.6").malloc_trim(0)


def leave_cores_alone() -> None:
    """Let OpenBLAS work in the thread that asks: the matrices of a turn are small, and its other threads would spin for some 25 ms after
    each, on a core that the encoder and the other processes need."""
    threadpool_limits(1, user_api="blas")


def create_app(
    model: Path,
    *,
    remote_actions: bool = False,
    endpoints_file: Path = paths.ROOT / "endpoints.yml",
    nlu_workers: int = 0,
    on_ready: Callable[[], None] = lambda: None,
) -> Sanic:
    """Return the web application. ``on_ready`` is called once it can answer; see ``serve`` for the rest."""
    Sanic.test_mode = True  # lets a process make more than one application
    app = Sanic("b12_assistant", configure_logging=False)
    app.config.REQUEST_MAX_SIZE = LARGEST_BODY
    app.config.REQUEST_TIMEOUT = LONGEST_REQUEST_SECONDS
    app.blueprint(health.routes)
    app.blueprint(pages.routes)
    app.blueprint(report_routes.blueprint())
    rasa_channel.register(_channels(), app, route="/webhooks/")

    sites = reply.texts().clinic.web.sites

    async def protect(request: Request, response: BaseHTTPResponse) -> None:
        headers.protect(request, response, sites)

    app.register_middleware(protect, "response")
    app.error_handler.add(Exception, problems.problem)

    async def start(running: Sanic, _: asyncio.AbstractEventLoop) -> None:
        running.ctx.agent = await load_agent(
            model, remote_actions=remote_actions, endpoints_file=endpoints_file, stored=True
        )
        leave_cores_alone()
        running.ctx.agent.processor.start_workers(nlu_workers)
        running.ctx.model = model.name
        running.ctx.upkeep = Upkeep(running.ctx.agent.tracker_store, model.name)
        running.ctx.upkeep.start()
        load = partial(load_agent, remote_actions=remote_actions, endpoints_file=endpoints_file)
        running.ctx.takeover = asyncio.create_task(takeover.watch(running.ctx, load))

    async def ready(running: Sanic, _: asyncio.AbstractEventLoop) -> None:
        on_ready()

    async def stop(running: Sanic, _: asyncio.AbstractEventLoop) -> None:
        running.ctx.takeover.cancel()
        await running.ctx.upkeep.stop()
        running.ctx.agent.processor.stop_workers()

    app.register_listener(start, "before_server_start")
    app.register_listener(ready, "after_server_start")
    app.register_listener(stop, "after_server_stop")
    logs.identify_requests(app)
    stopping.let_go(app)
    return app


def _channels(credentials: Path = paths.ROOT / "credentials.yml") -> list[InputChannel]:
    """Return the channels that are named in the credentials by their classes, without those that are off in the settings.

    As ``rasa.core.run`` does, whose import brings Rasa's own server and its tests with it.
    """
    named, on = _read(credentials), settings.load().channels.dict()
    classes = [(class_from_module_path(name), given) for name, given in named.items()]
    return [channel.from_credentials(given) for channel, given in classes if on.get(channel.name(), True)]


def serve(
    host: str,
    port: int,
    *,
    model: Path | None = None,
    remote_actions: bool = False,
    endpoints_file: Path = paths.ROOT / "endpoints.yml",
    workers: int = 1,
    nlu_workers: int | None = None,
) -> None:
    """Serve until stopped.

    Args:
        host: the address to listen on.
        port: the port to listen on.
        model: the model, by default the one that fits the data.
        remote_actions: call the action server that the endpoints name.
        endpoints_file: Rasa's file of endpoints.
        workers: processes that answer; more than one need Redis to keep the order in a conversation.
        nlu_workers: processes that understand messages for the one that answers; by default as many as fit the machine.

    Raises:
        AssistantError: there is no fitting model, it fails its self-test, the port is taken, or a setting can't be right.
    """
    logs.configure()
    _check_settings(workers, nlu_workers)
    if nlu_workers is None:
        nlu_workers = fitting_count() if workers == 1 else 0
    path = models.to_serve(model)
    _check_port(host, port)
    app = create_app(
        path,
        remote_actions=remote_actions,
        endpoints_file=endpoints_file,
        nlu_workers=nlu_workers,
        on_ready=partial(_announce, host, port),
    )
    app.run(host=host, port=port, access_log=False, motd=False, workers=workers)


def _check_settings(workers: int, nlu_workers: int | None) -> None:
    """Refuse what can't work now, before the model is loaded. Raises AssistantError."""
    database.database_url()
    Keys()
    settings.load()
    staff.password()
    url = redis.url()
    if url:
        redis.Shared(url)
    elif workers > 1:
        raise AssistantError(
            "Several workers need Redis to keep the order in a conversation. Set REDIS_URL, or use one worker."
        )
    if workers > 1 and nlu_workers:
        raise AssistantError("--nlu-workers helps one process that answers; with several --workers leave it out.")


def _announce(host: str, port: int) -> None:
    places = {"web": "/ (website)", "kiosk": "/kiosk", "rest": "/webhooks/rest/webhook"}
    channels = reply.texts().clinic.channels
    on = [place for channel, place in places.items() if getattr(channels, channel)]
    print(f"Ready: http://{address.shown(host, port)} with {', '.join([*on, '/answers/'])}", flush=True)


def _check_port(host: str, port: int) -> None:
    try:
        address.check_free(host, port)
    except OSError as error:
        raise AssistantError(
            f"Cannot listen on {address.shown(host, port)} ({error.strerror}). Stop what uses it, or choose another: --port"
        ) from None
