"""The port ``Spans`` implemented with OpenTelemetry."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from opentelemetry.trace import SpanKind, StatusCode, Tracer, get_current_span


class TracerSpans:
    """``Spans`` of a tracer. Of an error they have the class, and not the message."""

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer

    def is_recording(self) -> bool:
        return get_current_span().is_recording()

    @contextmanager
    def span(self, name: str, attributes: Mapping[str, str] | None = None) -> Iterator[None]:
        with self._tracer.start_as_current_span(
            name,
            kind=SpanKind.CLIENT,
            attributes=attributes,
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                yield
            except BaseException as error:
                kind = type(error)
                span.set_attribute("error.type", f"{kind.__module__}.{kind.__qualname__}")
                span.set_status(StatusCode.ERROR)
                raise
