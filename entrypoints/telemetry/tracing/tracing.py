"""The traces of a process: what records, redacts and exports them."""

import asyncio
import logging
import threading
from collections.abc import Callable
from contextlib import suppress

from fastapi.telemetry import TelemetryConfig
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import (
    SERVICE_NAME,
    SERVICE_VERSION,
    OTELResourceDetector,
    Resource,
)
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from starlette.types import Scope

from entrypoints.telemetry.tracing.environment import TraceOptions
from entrypoints.telemetry.tracing.redaction import Redaction
from entrypoints.telemetry.tracing.sampling import Sampling
from entrypoints.telemetry.tracing.spans import TracerSpans

FLUSH_TIMEOUT = 3.0
"""Maximum time in seconds in which the last spans are exported when the service stops."""

log = logging.getLogger(__name__)


class Tracing:
    """Gives FastAPI and the database what records their spans.

    ``is_untraced`` names requests that are never traced. Spans get to ``processor``, by default
    one that exports them in a thread of its own, in batches, to the endpoint of ``options``.
    """

    def __init__(
        self,
        options: TraceOptions,
        resource: Resource,
        is_untraced: Callable[[Scope], bool],
        processor: SpanProcessor | None = None,
    ) -> None:
        # The sampling decides, and FastAPI calls the tracer for sampled requests only.
        self._provider = TracerProvider(ALWAYS_ON, resource, shutdown_on_exit=False)
        processor = processor or BatchSpanProcessor(OTLPSpanExporter(options.endpoint))
        self._provider.add_span_processor(Redaction(processor))
        self._sampling = Sampling(options, is_untraced)
        self.spans = TracerSpans(self._provider.get_tracer(str(resource.attributes[SERVICE_NAME])))

    @property
    def telemetry(self) -> TelemetryConfig:
        """The argument ``telemetry`` of the application.

        FastAPI's logs would have the messages of exceptions, and its metrics are those of the
        service already. Its spans of operations would take as long as all others.
        """
        return {
            "tracer_provider": self._provider,
            "operation_spans": False,
            "metrics": False,
            "logs": False,
            "auto_configure": False,
            "exclude": self._sampling.excludes,
        }

    async def aclose(self, timeout: float) -> None:  # noqa: ASYNC109 - the caller's, and never raised
        """Export the spans that have ended, for at most ``FLUSH_TIMEOUT`` seconds, or ``timeout``.

        The thread is a daemon, which the interpreter does not wait for: the exporter cannot be
        interrupted while the collector does not answer.
        """
        loop, closed = asyncio.get_running_loop(), asyncio.Event()

        def close() -> None:
            self._provider.shutdown()
            with suppress(RuntimeError):  # the loop is closed
                loop.call_soon_threadsafe(closed.set)

        threading.Thread(target=close, name="close-traces", daemon=True).start()
        try:
            async with asyncio.timeout(min(timeout, FLUSH_TIMEOUT)):
                await closed.wait()
        except TimeoutError:
            log.warning("the last spans may not have been exported: the collector did not answer")


def describe_service(name: str, version: str) -> Resource:
    """Return what spans say about their service.

    ``OTEL_SERVICE_NAME`` and ``OTEL_RESOURCE_ATTRIBUTES`` come before the arguments.
    """
    service = Resource({SERVICE_NAME: name, SERVICE_VERSION: version})
    return Resource.create().merge(service).merge(OTELResourceDetector().detect())
