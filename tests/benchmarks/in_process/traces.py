"""GET of one hero with traces, which are exported to nowhere."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

from entrypoints.api.app import build_app
from entrypoints.composition.tracing import is_untraced
from entrypoints.telemetry.tracing.environment import TraceOptions
from entrypoints.telemetry.tracing.tracing import Tracing, describe_service
from tests.benchmarks.in_process.slices import CALLS, Subject, one_hero

NONE_SAMPLED = TraceOptions("http://127.0.0.1:9/v1/traces", 0.0)
"""Only the requests that a proxy has sampled are traced."""


class Encoding(SpanExporter):
    """Encodes spans as they are sent to a collector."""

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        encode_spans(spans).SerializeToString()
        return SpanExportResult.SUCCESS


@asynccontextmanager
async def traced_application(file: Path) -> AsyncIterator[tuple[FastAPI, Callable[[], object]]]:
    """Open a new database and an application, both traced. Yield it and what exports its spans."""
    processor = BatchSpanProcessor(Encoding())
    tracing = Tracing(NONE_SAMPLED, describe_service("benchmark", "1"), is_untraced, processor)
    async with one_hero(file) as database:
        database.trace(tracing.spans)
        try:
            yield build_app(database, telemetry=tracing.telemetry), processor.force_flush
        finally:
            await tracing.aclose(1.0)


def make_subjects(app: FastAPI, export: Callable[[], object]) -> Mapping[str, Subject]:
    """Return the subjects by name. ``export`` exports the spans that the application has made.

    The second one has a traced request in each slice, so that the median includes it.
    """
    return {
        "traces, none sampled": Subject(app, finish=export),
        "traces, 1 %": Subject(app, calls=100, traced=1, finish=export),
        "traces, 100 %": Subject(app, traced=CALLS, finish=export),
    }
