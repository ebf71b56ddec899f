"""Under a server that observes responses, the application sends what it sends under any other."""

import asyncio
import gc
import weakref
from collections.abc import Callable, Sequence

import httpx2
import pytest
from fastapi import FastAPI
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from domain.principal import Principal
from entrypoints.api.app import Limits, build_app
from entrypoints.http.browsers.security_headers import SecurityHeaders
from entrypoints.http.middleware.gcra import RateLimiter
from entrypoints.http.middleware.observation import IS_REPORTED, ObservationMiddleware
from entrypoints.http.middleware.rate_limit import RateLimit
from entrypoints.http.middleware.request_metrics import RequestMetrics
from entrypoints.quotas import Quota
from entrypoints.telemetry.metrics.metrics import Metrics
from service_layer.authentication import Authenticator
from tests.fakes.database import FakeDatabase

QUOTA = Quota(3, 86_400)
POLICY = "content-security-policy"

PRINCIPALS = {
    "reader": Principal("key:1", frozenset({"heroes:read"})),
    "writer": Principal("key:2", frozenset({"heroes:read", "heroes:write"})),
}

REQUESTS = [
    ("GET", "/livez", "reader"),
    ("GET", "/heroes/", "reader"),
    ("HEAD", "/heroes/", "reader"),
    ("GET", "/heroes/1", "reader"),
    ("GET", "/heroes/", "reader"),  # beyond the quota
    ("GET", "/heroes/", "nobody"),
    ("POST", "/heroes/", "nobody"),
    ("DELETE", "/heroes/1", "writer"),
    ("OPTIONS", "/heroes/", ""),
    ("GET", "/docs", ""),
    ("GET", "/page", "writer"),
    ("GET", "/mounted/heroes/", "writer"),
]

Serve = Callable[[ASGIApp], ASGIApp]

OBSERVING: Serve = ObservationMiddleware


def unchanged(app: ASGIApp) -> ASGIApp:
    """Return the application as another server calls it."""
    return app


class Known(Authenticator):
    """Knows each principal by its name."""

    async def authenticate(self, credential: str) -> Principal | None:
        return PRINCIPALS.get(credential)


async def alive(scope: Scope, receive: Receive, send: Send) -> None:
    await Response("alive")(scope, receive, send)


def make_app(metrics: Metrics) -> FastAPI:
    app = build_app(
        FakeDatabase(),
        authenticator=Known(),
        limits=Limits(rate=QUOTA),
        endpoints={"/livez": alive},
        metrics=metrics,
    )
    app.mount("/mounted", build_app(FakeDatabase(), limits=Limits(rate=Quota(7, 86_400))))

    @app.get("/page")
    async def page() -> Response:
        return HTMLResponse("<p>", headers={POLICY: "default-src 'self'", "RateLimit": "mine"})

    return app


async def send_all(app: ASGIApp, requests: Sequence[tuple[str, str, str]]) -> list[httpx2.Response]:
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://heroes") as client:
        found = [
            await client.request(
                method, path, headers={"Authorization": f"Bearer {name}"} if name else {}
            )
            for method, path, name in requests
        ]
    await asyncio.sleep(0)  # they are counted in the next iteration of the event loop
    return found


def describe(response: httpx2.Response) -> tuple[int, list[tuple[str, str]], str]:
    return response.status_code, sorted(response.headers.multi_items()), response.text


async def counted(metrics: Metrics) -> list[str]:
    lines = (await metrics.render()).decode().splitlines()
    found = [line for line in lines if line.startswith("http_server_request_duration_seconds_c")]
    return [*found, *(line for line in lines if line.startswith("http_server_active_requests "))]


async def test_responses_and_metrics_are_the_same_under_every_server() -> None:
    observed, others = Metrics(), Metrics()

    here = await send_all(OBSERVING(make_app(observed)), REQUESTS)
    there = await send_all(make_app(others), REQUESTS)

    assert [describe(each) for each in there] == [describe(each) for each in here]
    assert [200, 200, 200, 404, 429, 401, 401] == [each.status_code for each in here[:7]]
    assert await counted(others) == await counted(observed)
    assert "http_server_active_requests 0.0" == (await counted(observed))[-1]


@pytest.mark.parametrize("serve", [OBSERVING, unchanged])
async def test_what_the_application_sets_wins_and_nothing_is_there_twice(serve: Serve) -> None:
    responses = await send_all(serve(make_app(Metrics())), REQUESTS)

    page, mounted = responses[-2:]
    assert ("default-src 'self'", "mine") == (page.headers[POLICY], page.headers["ratelimit"])
    assert '"default";q=7;w=86400' == mounted.headers["ratelimit-policy"]
    for response in responses:
        names = [name for name, _ in response.headers.multi_items()]
        assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("serve", [OBSERVING, unchanged])
async def test_a_response_that_an_application_sends_again_does_not_change(serve: Serve) -> None:
    start: Message = {"type": "http.response.start", "status": 200, "headers": [(b"x-own", b"1")]}

    async def respond(_: Scope, __: Receive, send: Send) -> None:
        await send(start)
        await send({"type": "http.response.body"})

    app = serve(SecurityHeaders(RateLimit(respond, RateLimiter(QUOTA))))
    limits = [r.headers["ratelimit"] for r in await send_all(app, [("GET", "/", "")] * 2)]

    assert ['"default";r=2;t=57600', '"default";r=1;t=28800'] == limits
    assert [(b"x-own", b"1")] == start["headers"]


async def test_a_request_that_the_server_has_refused_is_not_measured_but_ends() -> None:
    durations = Metrics().durations

    async def refuse(scope: Scope, receive: Receive, send: Send) -> None:
        assert 1 == durations.active
        scope[IS_REPORTED] = True
        await Response()(scope, receive, send)

    measured = RequestMetrics(refuse, durations)
    await send_all(OBSERVING(measured), [("GET", "/", "")])

    assert 0 == durations.active
    assert not durations._observe  # noqa: SLF001 - it has a series for each request that is measured


class Exchange:
    """A request and its response as in a server: what sends the response refers to the scope."""

    def __init__(self) -> None:
        self.scope: Scope = {"type": "http", "method": "GET", "path": "/", "headers": []}
        self.sent: list[str] = []

    async def receive(self) -> Message:
        raise AssertionError("the body should not be received")

    async def send(self, message: Message) -> None:
        self.sent.append(message["type"])


@pytest.mark.parametrize("serve", [OBSERVING, unchanged])
async def test_a_response_that_has_ended_needs_no_garbage_collection(serve: Serve) -> None:
    async def respond(scope: Scope, receive: Receive, send: Send) -> None:
        await Response("ok")(scope, receive, send)

    exchange = Exchange()
    left = weakref.ref(exchange)
    gc.disable()
    try:
        await serve(SecurityHeaders(respond))(exchange.scope, exchange.receive, exchange.send)
        await asyncio.sleep(0)
        del exchange
        assert left() is None
    finally:
        gc.enable()


@pytest.mark.parametrize("serve", [OBSERVING, unchanged])
async def test_nothing_is_sent_after_the_end(serve: Serve) -> None:
    async def respond_twice(scope: Scope, receive: Receive, send: Send) -> None:
        await Response("ok")(scope, receive, send)
        await Response("again")(scope, receive, send)

    exchange = Exchange()
    app = serve(SecurityHeaders(respond_twice))
    with pytest.raises(RuntimeError, match="after the end"):
        await app(exchange.scope, exchange.receive, exchange.send)

    assert ["http.response.start", "http.response.body"] == exchange.sent
