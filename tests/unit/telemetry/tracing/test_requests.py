"""The span of a request: what is in it, what is not, and where its id is reported."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import Link, SpanContext, SpanKind, Status, StatusCode, TraceFlags
from starlette.types import Receive, Scope, Send

from entrypoints.exchanges import Exchange
from entrypoints.http.middleware.observation import ObservationMiddleware
from entrypoints.telemetry.tracing.environment import TraceOptions
from entrypoints.telemetry.tracing.parsers import silence_parsers
from entrypoints.telemetry.tracing.redaction import MAX_TEXT, Redaction
from tests.support.traced import Traced, text_of

pytestmark = pytest.mark.canary

CANARY = "can4ry"
HERO = {"name": "Deadpond", "secret_name": "Dive Wilson"}
TRACE = "0af7651916cd43dd8448eb211c80319c"
SPAN = "b7ad6b7169203331"
PARENT = {"traceparent": f"00-{TRACE}-{SPAN}-01", "tracestate": f"vendor={CANARY}"}

CANARIES: list[Callable[[TestClient], Any]] = [
    lambda client: client.get(f"/heroes/?name={CANARY}"),
    lambda client: client.get(f"/heroes/?age={CANARY}"),
    lambda client: client.get(f"/heroes/{CANARY}"),
    lambda client: client.get(f"/{CANARY}"),
    lambda client: client.get("/heroes/1", headers={"Authorization": f"Bearer {CANARY}"}),
    lambda client: client.get("/heroes/1", headers=PARENT),
    lambda client: client.get("/heroes/1", headers={"baggage": f"user={CANARY}"}),
    lambda client: client.post("/heroes/", json={**HERO, "secret_name": CANARY}),
    lambda client: client.post("/heroes/", json={**HERO, "age": CANARY}),
    lambda client: client.post("/heroes/", content=CANARY),
    lambda client: client.post("/heroes/", json=HERO, headers={"Idempotency-Key": CANARY}),
    lambda client: client.request(CANARY, "/heroes/"),
]


def observe(app: FastAPI, seen: list[Exchange]) -> TestClient:
    """Return a client of the application, whose requests are reported."""
    observed = ObservationMiddleware(app, [seen.append])

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        await observed(scope, receive, send)

    return TestClient(call)


def fail(app: FastAPI) -> None:
    """Add a route that fails with a message, and with another in its cause."""

    @app.get("/broken")
    async def broken() -> None:
        try:
            dict[str, str]()[CANARY]
        except KeyError as error:
            raise ValueError(CANARY) from error


def test_a_span_describes_a_request() -> None:
    traced = Traced()

    TestClient(traced.app).post("/heroes/", json=HERO)
    TestClient(traced.app).get("/heroes/1")

    assert ["POST /heroes/", "GET /heroes/{hero_id}"] == traced.names
    _, span = traced.spans
    assert SpanKind.SERVER is span.kind
    assert {
        "http.request.method": "GET",
        "http.response.status_code": 200,
        "http.route": "/heroes/{hero_id}",
        "network.protocol.version": "1.1",
        "server.address": "testserver",
        "server.port": 80,
        "url.path": "/heroes/1",
        "url.scheme": "http",
    } == dict(span.attributes or {})
    assert "service" == span.resource.attributes["service.name"]


@pytest.mark.parametrize("send", CANARIES)
def test_nothing_that_a_client_sends_is_in_a_span(send: Callable[[TestClient], Any]) -> None:
    traced = Traced()

    send(TestClient(traced.app))

    assert 1 == len(traced.spans)
    assert CANARY not in text_of(traced.spans)


def test_of_an_error_only_the_class_is_in_a_span() -> None:
    traced = Traced()
    fail(traced.app)

    response = TestClient(traced.app, raise_server_exceptions=False).get("/broken")

    assert 500 == response.status_code
    (span,) = traced.spans
    assert "ValueError" == (span.attributes or {})["error.type"]
    assert StatusCode.ERROR is span.status.status_code
    assert () == tuple(span.events)
    assert CANARY not in text_of([span])


def test_what_another_library_records_is_dropped() -> None:
    exporter = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(Redaction(SimpleSpanProcessor(exporter)))
    linked = SpanContext(1, 2, is_remote=True, trace_flags=TraceFlags(1))
    attributes = {"url.query": CANARY, "db.query.text": CANARY, "url.path": "/" * 2 * MAX_TEXT}

    with provider.get_tracer("t").start_as_current_span(
        "s", attributes=attributes, links=[Link(linked, {"of": CANARY})]
    ) as span:
        span.record_exception(ValueError(CANARY))
        span.set_status(Status(StatusCode.ERROR, CANARY))

    (exported,) = exporter.get_finished_spans()
    assert {"url.path": "/" * MAX_TEXT} == dict(exported.attributes or {})
    assert () == tuple(exported.links)
    assert CANARY not in text_of([exported])


@pytest.mark.parametrize(
    "headers",
    [
        {"baggage": CANARY},
        {"baggage": f"{CANARY}={'x' * 10_000}"},
        {"baggage": f"a={CANARY}\\,b"},
        {**PARENT, "tracestate": f"{CANARY}=1,{CANARY}=2"},
        {**PARENT, "tracestate": f"A={CANARY}"},
    ],
    ids=str,
)
def test_what_a_client_adds_to_its_trace_is_not_logged(
    headers: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    silence_parsers()
    traced = Traced()

    TestClient(traced.app).get("/heroes/1", headers=headers)

    assert 1 == len(traced.spans)
    assert CANARY not in caplog.text


def test_a_limit_that_a_client_exceeds_is_not_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "100")
    silence_parsers()
    traced = Traced()

    TestClient(traced.app).get(f"/heroes/?name={CANARY * 100}")

    assert 1 == len(traced.spans)
    assert [] == [each.name for each in caplog.records if each.name.startswith("opentelemetry")]


def test_a_trace_goes_on_with_the_clients_id() -> None:
    traced = Traced()

    TestClient(traced.app).get("/heroes/1", headers=PARENT)

    (span,) = traced.spans
    assert span.context is not None
    assert span.parent is not None
    assert (int(TRACE, 16), int(SPAN, 16)) == (span.context.trace_id, span.parent.span_id)


def test_the_report_of_a_request_has_the_id_of_its_trace() -> None:
    traced = Traced()
    seen: list[Exchange] = []
    client = observe(traced.app, seen)

    client.get("/heroes/1", headers=PARENT)
    client.head("/heroes/1")
    client.get("/livez")

    _, second = traced.spans
    assert second.context is not None
    assert [TRACE, f"{second.context.trace_id:032x}", None] == [each.trace_id for each in seen]


def test_a_request_that_is_not_traced_has_no_trace_id() -> None:
    traced = Traced(options=TraceOptions("http://collector", 0.0))
    seen: list[Exchange] = []

    observe(traced.app, seen).get("/heroes/1", headers=PARENT)

    assert [None] == [each.trace_id for each in seen]
    assert () == traced.spans


def test_fastapi_exports_nothing_on_its_own() -> None:
    telemetry = Traced().tracing.telemetry

    assert [False] * 3 == [telemetry[name] for name in ("auto_configure", "logs", "metrics")]


def test_a_processor_is_flushed_and_shut_down() -> None:
    calls = []

    class Noting(SpanProcessor):
        def shutdown(self) -> None:
            calls.append("shutdown")

        def force_flush(self, timeout_millis: int = 30000) -> bool:
            calls.append(f"flush {timeout_millis}")
            return True

    redaction = Redaction(Noting())

    assert redaction.force_flush(7)
    redaction.shutdown()
    assert ["flush 7", "shutdown"] == calls
