"""What watches the server asks it: is it alive, is it ready, how many turns, how many failures.

Nothing here waits for the database or for Redis: their state is what the last use of them has shown.
"""

from prometheus_client import CONTENT_TYPE_LATEST
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from assistant import metrics

routes = Blueprint("health")


@routes.get("/health")
async def health(request: Request) -> HTTPResponse:
    """The process answers. ``failures``: turns since the start in which something broke.

    ``degraded``: the database or Redis is away. People are answered all the same, so the code is 200.
    """
    services = _services(request)
    return response.json(
        {
            "status": "degraded" if "degraded" in services.values() else "ok",
            **_version(request),
            "turns": metrics.total(metrics.TURNS),
            "failures": metrics.total(metrics.FAILURES),
            **services,
        }
    )


@routes.get("/ready")
async def ready(request: Request) -> HTTPResponse:
    """The model is loaded and has passed its self-test; 503 until then."""
    agent = getattr(request.app.ctx, "agent", None)
    if agent is None or not agent.is_ready():
        return response.json({"status": "loading"}, status=503)
    return response.json({"status": "ready", **_version(request), **_services(request)})


@routes.get("/metrics")
async def measured(request: Request) -> HTTPResponse:
    """The counters in Prometheus' text format."""
    return response.raw(metrics.exposed(), content_type=CONTENT_TYPE_LATEST)


def _version(request: Request) -> dict[str, str]:
    """Return the model that understands, and the version of the texts that it answers with."""
    upkeep = getattr(request.app.ctx, "upkeep", None)
    return {"model": request.app.ctx.model, "content": upkeep.content} if upkeep else {}


def _services(request: Request) -> dict[str, str]:
    upkeep = getattr(request.app.ctx, "upkeep", None)
    return upkeep.status() if upkeep else {}
