"""The last spans are exported when the service stops, unless the collector does not answer."""

import logging
import socket
from collections.abc import Iterator, Sequence
from time import perf_counter

import pytest
from fastapi.testclient import TestClient
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

from entrypoints.api.app import build_app
from entrypoints.composition.tracing import is_untraced
from entrypoints.telemetry.tracing.environment import TraceOptions
from entrypoints.telemetry.tracing.tracing import Tracing, describe_service
from tests.fakes.database import FakeDatabase

SERVICE = describe_service("service", "1.0")


@pytest.fixture
def silent() -> Iterator[str]:
    """The URL of a collector that accepts connections, and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1/traces"


class Collecting(SpanExporter):
    """Collects the names of the spans that are exported."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self.names += [span.name for span in spans]
        return SpanExportResult.SUCCESS


def serve_one(tracing: Tracing) -> None:
    client = TestClient(build_app(FakeDatabase(), telemetry=tracing.telemetry))
    assert 404 == client.get("/heroes/1").status_code


async def test_the_last_spans_are_exported() -> None:
    exporter = Collecting()
    waiting = BatchSpanProcessor(exporter, schedule_delay_millis=60_000)
    tracing = Tracing(TraceOptions("http://collector"), SERVICE, is_untraced, waiting)
    serve_one(tracing)

    await tracing.aclose(5.0)

    assert ["GET /heroes/{hero_id}"] == exporter.names


async def test_a_collector_that_does_not_answer_delays_the_end_no_longer_than_allowed(
    silent: str, caplog: pytest.LogCaptureFixture
) -> None:
    tracing = Tracing(TraceOptions(silent), SERVICE, is_untraced)
    serve_one(tracing)

    with caplog.at_level(logging.WARNING):
        started = perf_counter()
        await tracing.aclose(0.2)

    assert 0.2 <= perf_counter() - started < 2
    assert ["the last spans may not have been exported: the collector did not answer"] == [
        record.message for record in caplog.records
    ]


def test_the_environment_names_the_service(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_SERVICE_NAME", "league")
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "service.version=2,team=x")

    attributes = describe_service("service", "1.0").attributes

    assert ("league", "2", "x") == tuple(
        attributes[name] for name in ("service.name", "service.version", "team")
    )
