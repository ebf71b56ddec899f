"""``/metrics`` on the main port."""

import re
from collections.abc import Iterator
from importlib.metadata import version

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from entrypoints.api.app import Limits, build_app
from entrypoints.quotas import Quota
from entrypoints.telemetry.metrics.endpoint import metrics_route
from entrypoints.telemetry.metrics.metrics import Metrics
from service_layer.authentication import Authenticator
from tests.fakes.authenticator import FakeAuthenticator, bearing
from tests.fakes.database import FakeDatabase
from tests.support.measurements import Value, read

NAME = "canary-name"
HERO = {"name": NAME, "secret_name": "canary-secret-name"}
KEY = "canary-key"
TOKEN = "canary-token"  # noqa: S105 - no one's


def build(
    authenticator: Authenticator | None = None, limits: Limits | None = None
) -> tuple[FastAPI, Metrics]:
    metrics = Metrics()
    app = build_app(FakeDatabase(), authenticator=authenticator, limits=limits, metrics=metrics)
    app.router.routes.append(metrics_route(metrics))
    return app, metrics


@pytest.fixture
def client() -> Iterator[TestClient]:
    with TestClient(build()[0]) as client:
        yield client


def sample(client: TestClient, series: str) -> float:
    """Return the value of a series, which must be there once."""
    text = client.get("/metrics").text
    (value,) = re.findall(f"^{re.escape(series)} (.*)$", text, re.MULTILINE)
    return float(value)


def test_metrics_have_the_text_format_and_are_not_cached(client: TestClient) -> None:
    response = client.get("/metrics")

    assert "text/plain; version=0.0.4; charset=utf-8" == response.headers["Content-Type"]
    assert "no-store" == response.headers["Cache-Control"]
    assert f'target_info{{service_name="heroes",service_version="{version("heroes")}"}} 1.0\n' in (
        response.text
    )
    assert "# TYPE http_server_request_duration_seconds histogram\n" in response.text
    assert "process_resident_memory_bytes " in response.text
    assert "_created" not in response.text


def test_the_path_supports_get_and_is_not_in_the_openapi_document(client: TestClient) -> None:
    assert "/metrics" not in client.get("/openapi.json").json()["paths"]
    assert "GET, HEAD, OPTIONS" == client.post("/metrics").headers["Allow"]
    assert (200, b"") == ((head := client.head("/metrics")).status_code, head.content)


@pytest.mark.parametrize(("credential", "status"), [("reader", 200), ("writer", 403), ("x", 401)])
def test_with_authentication_metrics_need_the_scope_to_read(credential: str, status: int) -> None:
    app, _ = build(FakeAuthenticator())

    response = TestClient(app).get("/metrics", headers=bearing(credential))

    assert status == response.status_code
    assert (status == 200) == ("target_info" in response.text)


def test_metrics_contain_nothing_that_a_client_sends(client: TestClient) -> None:
    headers = {"Idempotency-Key": KEY, **bearing(TOKEN)}
    client.post("/heroes/", json=HERO, headers=headers)
    client.get(f"/heroes/?name={NAME}", headers=bearing(TOKEN))
    client.get(f"/canary-path/{NAME}")
    client.request("CANARY-METHOD", "/heroes/canary-id")
    client.post("/heroes/", json={**HERO, "age": "canary-age"})

    assert "canary" not in client.get("/metrics").text.lower()


def test_replays_are_counted(client: TestClient) -> None:
    for _ in range(3):
        client.post("/heroes/", json=HERO, headers={"Idempotency-Key": KEY})

    assert 2 == sample(client, "idempotency_replays_total")


def test_requests_beyond_the_rate_limit_are_counted() -> None:
    app, _ = build(limits=Limits(rate=Quota(3, 86_400)))
    client = TestClient(app)
    statuses = [client.get("/heroes/").status_code for _ in range(2)]

    assert 0 == sample(client, "http_server_requests_rate_limited_total")
    statuses += [client.get("/heroes/").status_code for _ in range(2)]

    assert [200, 200, 429, 429] == statuses
    counted = {name: value for name, value in _measured(app).items() if "rate" in name}
    assert {"http_server_requests_rate_limited": 2} == counted


def _measured(app: FastAPI) -> dict[str, Value]:
    metrics: Metrics = app.state.metrics
    sources = metrics._sources  # noqa: SLF001 - the quota of requests is used up
    return {name[0]: value for source in sources for name, value in read(source()).items()}


async def test_requests_that_took_too_long_are_counted() -> None:
    database = FakeDatabase()
    await database.lock.acquire()
    metrics = Metrics()
    app = build_app(database, limits=Limits(request_timeout=0.02), metrics=metrics)
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app), base_url="http://heroes"
    ) as client:
        response = await client.post("/heroes/", json=HERO)

    assert 503 == response.status_code
    assert 1 == _measured(app)["http_server_requests_timed_out"]
