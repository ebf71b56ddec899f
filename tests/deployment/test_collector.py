"""Traces of a real server arrive at a collector, and a silent one does not hold up its stop."""

from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

import httpx2
import pytest
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.deployment.collector import Collector, collector
from tests.support.log_lines import parse_requests
from tests.support.served import Served, serve

CANARY = "can4ry"
GRACE = 1.5
HERO = {"name": "Deadpond", "secret_name": CANARY}
TRACE = "0af7651916cd43dd8448eb211c80319c"
SAMPLED = {
    "traceparent": f"00-{TRACE}-b7ad6b7169203331-01",
    "tracestate": f"{CANARY}=1,{CANARY}=2",
    "baggage": CANARY,
}
UNSAMPLED = {"traceparent": f"00-{'c' * 32}-b7ad6b7169203331-00"}


@pytest.fixture
def collecting() -> Iterator[Collector]:
    with collector() as running:
        yield running


def variables(collecting: Collector) -> list[str]:
    """Return a command that sets the variables: export soon, and trace if a parent says so."""
    return [
        "env",
        f"OTEL_EXPORTER_OTLP_ENDPOINT={collecting.url}",
        f"OTEL_EXPORTER_OTLP_HEADERS=api-key={CANARY}",
        "OTEL_BSP_SCHEDULE_DELAY=50",
        "OTEL_TRACES_SAMPLER=parentbased_always_off",
    ]


def test_spans_are_exported_and_a_silent_collector_is_not_waited_for(
    tmp_path: Path, collecting: Collector
) -> None:
    settings = {"trusted_proxies": "127.0.0.1", "grace": f"{GRACE}", "log_format": "json"}
    with serve(tmp_path / "heroes.db", wrapper=variables(collecting), **settings) as served:
        received, service, spans = _send_requests(served, collecting)
        collecting.is_silent = True
        httpx2.delete(f"{served.url}/heroes/1", headers=SAMPLED)
        collecting.wait_for_spans("DELETE /heroes/{hero_id}")
        started = perf_counter()
        assert 0 == served.terminate()
        assert perf_counter() - started < GRACE + 1

    names = [span.name for span in spans]
    assert {"acquire write lock", "INSERT hero", "COMMIT", "POST /heroes/"} == set(names)
    assert {TRACE} == {span.trace_id.hex() for span in spans}
    assert "heroes" in {each.value.string_value for each in service.attributes}
    assert {CANARY} == collecting.api_keys
    assert CANARY.encode() not in received
    assert "url.query" not in {each.key for span in spans for each in span.attributes}
    assert "the last spans may not have been exported" in served.output()
    assert CANARY not in served.output()
    lines = parse_requests(served.output())
    assert [("GET", None), ("POST", TRACE), ("DELETE", TRACE)] == [
        (line["method"], line.get("trace_id")) for line in lines
    ]


def _send_requests(served: Served, collecting: Collector) -> tuple[bytes, Resource, list[Span]]:
    """Send a request that is not traced, and one that is. Return what is exported."""
    httpx2.get(f"{served.url}/heroes/1?name={CANARY}", headers=UNSAMPLED)
    httpx2.post(f"{served.url}/heroes/?token={CANARY}", json=HERO, headers=SAMPLED)
    return collecting.wait_for_spans("POST /heroes/")
