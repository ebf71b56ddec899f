"""The resource ``/metrics``."""

from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from entrypoints.telemetry.metrics.metrics import Metrics

PATH = "/metrics"

HEADERS = {"Content-Type": CONTENT_TYPE_PLAIN_0_0_4, "Cache-Control": "no-store"}


class MetricsEndpoint:
    """ASGI application that returns the metrics."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await respond(self._metrics)
        await response(scope, receive, send)


async def respond(metrics: Metrics) -> Response:
    """Return the response to GET."""
    return Response(await metrics.render(), headers=HEADERS)


def metrics_route(metrics: Metrics) -> Route:
    """Return the route of ``/metrics``, which is not in the OpenAPI document."""
    endpoint = MetricsEndpoint(metrics)
    return Route(PATH, endpoint, methods=["GET"], include_in_schema=False)
