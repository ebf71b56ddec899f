"""FastAPI's telemetry works as documented with a tracer provider of the user's own."""

import pytest
from fastapi.testclient import TestClient
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from entrypoints.api.app import build_app
from tests.fakes.database import FakeDatabase

pytestmark = pytest.mark.canary

HERO = {"name": "Deadpond", "secret_name": "Dive Wilson"}


def test_it_records_the_requests_and_the_operations() -> None:
    spans = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    client = TestClient(build_app(FakeDatabase(), telemetry={"tracer_provider": provider}))

    client.post("/heroes/", json=HERO)
    client.get("/heroes/1")

    finished = spans.get_finished_spans()
    served = [span for span in finished if span.kind is trace.SpanKind.SERVER]
    assert ["POST /heroes/", "GET /heroes/{hero_id}"] == [span.name for span in served]
    assert "fastapi.endpoint" in {span.name for span in finished}
