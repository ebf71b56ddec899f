"""Applications whose requests are traced, and the spans that would be exported."""

from collections.abc import Sequence

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from entrypoints.api.app import build_app
from entrypoints.composition.tracing import is_untraced
from entrypoints.telemetry.tracing.environment import TraceOptions
from entrypoints.telemetry.tracing.tracing import Tracing, describe_service
from service_layer.unit_of_work import UnitOfWorkFactory
from tests.fakes.database import FakeDatabase

OPTIONS = TraceOptions("http://127.0.0.1:9/v1/traces")


class Traced:
    """An application, and the spans of its requests."""

    def __init__(
        self, units_of_work: UnitOfWorkFactory | None = None, options: TraceOptions = OPTIONS
    ) -> None:
        self._exporter = InMemorySpanExporter()
        self.tracing = Tracing(
            options,
            describe_service("service", "1.0"),
            is_untraced,
            SimpleSpanProcessor(self._exporter),
        )
        self.app = build_app(units_of_work or FakeDatabase(), telemetry=self.tracing.telemetry)

    @property
    def spans(self) -> Sequence[ReadableSpan]:
        """The spans that were exported so far, in the order of their ends."""
        return self._exporter.get_finished_spans()

    @property
    def names(self) -> list[str]:
        return [span.name for span in self.spans]


def text_of(spans: Sequence[ReadableSpan]) -> str:
    """Return everything that spans contain, as one text."""
    return "\n".join(span.to_json() + repr(span.links) + repr(span.parent) for span in spans)
