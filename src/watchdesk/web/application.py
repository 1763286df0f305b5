"""The application: pages, the API, health and metrics behind one gate."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from watchdesk.service.measuring.measurements import Measurements
from watchdesk.web.access.forms import FormTokens
from watchdesk.web.access.visitors import Visitors
from watchdesk.web.answering import Answering, Endpoint
from watchdesk.web.api import OPERATIONS
from watchdesk.web.api.openapi import at, openapi
from watchdesk.web.asked import Asked
from watchdesk.web.assets import assets
from watchdesk.web.desk import DeskView
from watchdesk.web.events import streaming
from watchdesk.web.events.watcher import Events
from watchdesk.web.exports import FILES
from watchdesk.web.feeds import FEEDS
from watchdesk.web.gate import IMMUTABLE, Gate
from watchdesk.web.health import healthz, readyz
from watchdesk.web.metrics import Metrics
from watchdesk.web.pages import PAGES, digest, playground
from watchdesk.web.routes import API
from watchdesk.web.workers import Workers


def application(
    desk: DeskView,
    measurements: Measurements,
    workers: Workers,
    of_health: Workers,
    of_metrics: Workers,
    events: Events,
) -> ASGIApp:
    """All of it, over what the web may see of the desk.

    `of_health`, `of_metrics`: who answer those that watch the service, however long pages take.
    """
    answering = Answering(desk, workers, Visitors(), FormTokens(), PAGES)
    metrics = Metrics(desk, measurements)
    routes = [
        *(answering.page(page) for page in PAGES),
        answering.live(playground.LIVE),
        *(answering.operation(operation) for operation in OPERATIONS),
        answering.document(f"{API}/openapi.json", _described),
        answering.assistants(),
        answering.events(events),
        answering.plain(digest.SENT, digest.sent_html),
        answering.plain(digest.PREVIEW, digest.preview_html),
        *(answering.plain(path, made) for path, made in (FILES | FEEDS).items()),
        answering.plain("/healthz", healthz, of_health),
        answering.plain("/readyz", readyz, of_health),
        answering.plain("/metrics", metrics.answer, of_metrics),
        *(Route(asset.address, _asset(asset.content, asset.media_type)) for asset in assets().values()),
    ]
    app = Starlette(routes=routes, exception_handlers=answering.exception_handlers)
    return Gate(app, desk, answering.known)


def _described(asked: Asked) -> object:
    found = openapi(OPERATIONS)
    paths = {**found["paths"], streaming.PATH: streaming.DESCRIBED}
    return {**found, "paths": paths, "servers": at(asked.configured.settings.web.public)}


def _asset(content: bytes, media_type: str) -> Endpoint:
    async def serve(_request: Request) -> Response:
        return Response(content, media_type=media_type, headers=IMMUTABLE)

    return serve
