"""Requests are measured by method, route and status, with a bounded number of series."""

import asyncio
from collections.abc import Iterable

import httpx2
import pytest
from fastapi import FastAPI
from prometheus_client import CollectorRegistry
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from entrypoints.api.app import build_app
from entrypoints.http.middleware.request_metrics import RequestMetrics
from entrypoints.telemetry.metrics.metrics import Metrics
from entrypoints.telemetry.metrics.requests import RequestDurations
from service_layer.telemetry.measurements import Measurement
from tests.fakes.database import FakeDatabase
from tests.support.measurements import read
from tests.support.missing import NOWHERE

COUNT = "http_server_request_duration_seconds_count"
HERO = {"name": "Deadpond", "secret_name": "Dive Wilson"}

Series = tuple[str, str, str]


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def durations(registry: CollectorRegistry) -> RequestDurations:
    return RequestDurations(registry)


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
def app(metrics: Metrics) -> FastAPI:
    return build_app(FakeDatabase(), metrics=metrics)


async def call(app: FastAPI, *requests: tuple[str, str]) -> None:
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://heroes") as client:
        for method, path in requests:
            await client.request(method, path, json=HERO if method == "POST" else None)
    await asyncio.sleep(0)  # they are counted in the next iteration of the event loop


async def rendered(metrics: Metrics) -> dict[Series, float]:
    """Return the number of requests of each series that is rendered."""
    lines = (await metrics.render()).decode().splitlines()
    return dict(map(parse, (line for line in lines if line.startswith(COUNT))))


def parse(line: str) -> tuple[Series, float]:
    labels, _, value = line.partition("{")[2].partition("} ")
    values = {name: text for name, _, text in (each.partition("=") for each in labels.split(","))}
    method, route, status = (
        values[name].strip('"')
        for name in ("http_request_method", "http_route", "http_response_status_code")
    )
    return (method, route, status), float(value)


async def test_probes_are_not_measured(metrics: Metrics) -> None:
    async def respond(scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse("ok")(scope, receive, send)

    app = build_app(FakeDatabase(), endpoints={"/livez": respond}, metrics=metrics)
    await call(app, ("GET", "/livez"), ("GET", "/heroes/"))

    assert {("GET", "/heroes/", "200"): 1} == await rendered(metrics)


def counted(registry: CollectorRegistry) -> Iterable[Series]:
    for family in registry.collect():
        for sample in family.samples:
            if sample.name == COUNT:
                labels = sample.labels
                yield (
                    labels["http_request_method"],
                    labels["http_route"],
                    labels["http_response_status_code"],
                )


@pytest.mark.parametrize(
    ("method", "path", "series"),
    [
        ("GET", "/heroes/", ("GET", "/heroes/", "200")),
        ("POST", "/heroes/", ("POST", "/heroes/", "200")),
        ("GET", "/heroes/1", ("GET", "/heroes/{hero_id}", "404")),
        ("HEAD", "/heroes/1", ("HEAD", "/heroes/{hero_id}", "404")),
        ("GET", "/heroes/%31", ("GET", "/heroes/{hero_id}", "404")),
        ("GET", "/heroes/1%2F2", ("GET", "/heroes/{hero_id}", "422")),
        ("GET", "/heroes/one", ("GET", "/heroes/{hero_id}", "422")),
        ("PUT", "/heroes/1", ("PUT", "/heroes/{hero_id}", "405")),
        ("GET", "/heroes", ("GET", "", "307")),
        ("GET", NOWHERE, ("GET", "", "404")),
        ("OPTIONS", "/heroes/", ("OPTIONS", "/heroes/", "204")),
    ],
)
async def test_a_request_is_counted_by_its_method_route_and_status(
    app: FastAPI, metrics: Metrics, method: str, path: str, series: Series
) -> None:
    await call(app, (method, path), (method, path))

    assert {series: 2} == await rendered(metrics)


async def test_all_paths_without_a_route_share_one_series(app: FastAPI, metrics: Metrics) -> None:
    await call(app, *(("GET", f"/{number}/%20/{number}") for number in range(300)))

    assert {("GET", "", "404"): 300} == await rendered(metrics)


async def test_all_unknown_methods_share_one_series_and_take_no_memory(
    registry: CollectorRegistry, durations: RequestDurations
) -> None:
    for number in range(300):
        durations.observe(f"M{number}", "", 501, 0.1)

    assert [("_OTHER", "", "501")] == list(counted(registry))
    assert not durations._observe  # noqa: SLF001 - it is what would grow


async def run(app: RequestMetrics) -> None:
    async def send(_: object) -> None:
        pass

    async def receive() -> dict[str, str]:
        raise AssertionError("the body should not be received")

    try:
        await app({"type": "http", "method": "GET", "path": "/"}, receive, send)
    finally:
        await asyncio.sleep(0)  # it is counted in the next iteration of the event loop


async def test_a_request_whose_handler_fails_is_a_500(
    registry: CollectorRegistry, durations: RequestDurations
) -> None:
    async def fail(*_: object) -> None:
        raise LookupError

    with pytest.raises(LookupError):
        await run(RequestMetrics(fail, durations))

    assert [("GET", "", "500")] == list(counted(registry))


async def test_a_request_that_is_cancelled_because_the_server_stops_is_a_503(
    registry: CollectorRegistry, durations: RequestDurations
) -> None:
    async def wait(*_: object) -> None:
        await asyncio.Event().wait()

    task = asyncio.create_task(run(RequestMetrics(wait, durations)))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert [("GET", "", "503")] == list(counted(registry))
    assert 0 == durations.active


async def test_a_request_is_active_until_it_has_ended(
    durations: RequestDurations,
) -> None:
    seen: list[Measurement] = []

    async def look(*_: object) -> None:
        seen.extend(durations.measure())

    await run(RequestMetrics(look, durations))

    assert [1, 0] == [*read(seen).values(), *read(durations.measure()).values()]


async def test_a_duration_lasts_until_the_whole_response_was_sent(
    registry: CollectorRegistry, durations: RequestDurations
) -> None:
    async def respond(_: Scope, __: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200})
        await asyncio.sleep(0.03)

    await run(RequestMetrics(respond, durations))

    samples = [sample for family in registry.collect() for sample in family.samples]
    assert {"200"} == {s.labels["http_response_status_code"] for s in samples}
    assert 0.03 <= next(s.value for s in samples if s.name.endswith("_sum"))
    below = {"0.025": 0, "10.0": 1}
    assert below == {s.labels["le"]: s.value for s in samples if s.labels.get("le") in below}


async def test_only_http_requests_are_measured(
    registry: CollectorRegistry, durations: RequestDurations
) -> None:
    reached = []

    async def accept(scope: Scope, *_: object) -> None:
        reached.append(scope["type"])

    await RequestMetrics(accept, durations)({"type": "lifespan"}, None, None)  # type: ignore[arg-type]

    assert ["lifespan"] == reached
    assert [] == list(counted(registry))
