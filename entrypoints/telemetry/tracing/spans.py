"""The port ``Spans`` implemented with OpenTelemetry."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from types import TracebackType

from opentelemetry.context import attach, detach
from opentelemetry.trace import (
    Span,
    SpanKind,
    StatusCode,
    Tracer,
    get_current_span,
    set_span_in_context,
)


class TracerSpans:
    """``Spans`` of a tracer. Of an error they have the class, and not the message."""

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer

    def is_recording(self) -> bool:
        return get_current_span().is_recording()

    def span(
        self, name: str, attributes: Mapping[str, str] | None = None
    ) -> AbstractContextManager[object]:
        return _CurrentSpan(
            self._tracer.start_span(name, kind=SpanKind.CLIENT, attributes=attributes)
        )


class _CurrentSpan(AbstractContextManager[None]):
    """Makes a span the current one, and ends it.

    The tracer's own context manager takes twice as long, and by default it records the message of
    an error.
    """

    def __init__(self, span: Span) -> None:
        self._span = span

    def __enter__(self) -> None:
        self._token = attach(set_span_in_context(self._span))

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        detach(self._token)
        if kind is not None:
            self._span.set_attribute("error.type", f"{kind.__module__}.{kind.__qualname__}")
            self._span.set_status(StatusCode.ERROR)
        self._span.end()
