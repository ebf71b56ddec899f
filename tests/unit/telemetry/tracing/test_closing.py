"""The last spans are exported when the service stops, unless the collector does not answer."""

from collections.abc import Sequence
from threading import Event
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


class Silent(SpanExporter):
    """Sends to a collector that does not answer until the event is set."""

    def __init__(self) -> None:
        self.may_answer = Event()

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:  # noqa: ARG002 - none gets there
        self.may_answer.wait()
        return SpanExportResult.FAILURE


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
    caplog: pytest.LogCaptureFixture,
) -> None:
    exporter = Silent()
    processor = BatchSpanProcessor(exporter)
    tracing = Tracing(TraceOptions("http://collector"), SERVICE, is_untraced, processor)
    serve_one(tracing)

    started = perf_counter()
    await tracing.aclose(0.2)

    assert 0.2 <= perf_counter() - started < 2
    exporter.may_answer.set()
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
