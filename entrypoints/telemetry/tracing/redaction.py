"""What is exported of a span: of the texts of clients and the database only the path and the host.

FastAPI records the query of a request. The SDK records the messages of exceptions in spans of other
libraries. Both may contain a credential or the value of a field.
"""

from collections.abc import Mapping
from http import HTTPStatus

from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor
from opentelemetry.trace import SpanContext, SpanKind, Status, format_trace_id
from opentelemetry.util.types import AttributeValue

from entrypoints.asgi_scopes import TRACE_ID
from entrypoints.telemetry.tracing.sampling import traced_scope

ATTRIBUTES = frozenset(
    {
        "code.function.name",
        "db.collection.name",
        "db.operation.name",
        "db.system.name",
        "error.type",
        "http.request.method",
        "http.response.status_code",
        "http.route",
        "network.protocol.version",
        "server.address",
        "server.port",
        "url.path",
        "url.scheme",
    }
)
"""The attributes that are exported."""

MAX_TEXT = 1024
"""Maximum number of characters of an attribute, as of a path in the log."""


class Redaction(SpanProcessor):
    """Passes to another processor what may be exported of each span.

    It drops other attributes, such as ``url.query``, events, links, descriptions of errors, and the
    client's ``tracestate``. It also drops the path of a request that was refused: it may be the
    refused value, and the log has it. It adds the trace id to the scope of a traced request.
    """

    def __init__(self, processor: SpanProcessor) -> None:
        self._processor = processor

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        """Note the trace in the scope of the request."""
        scope = traced_scope.get()
        if span.kind is SpanKind.SERVER and scope is not None and span.context is not None:
            scope[TRACE_ID] = format_trace_id(span.context.trace_id)
        self._processor.on_start(span, parent_context)

    def on_end(self, span: ReadableSpan) -> None:
        """Pass on the redacted span."""
        self._processor.on_end(redact(span))

    def shutdown(self) -> None:
        """Export what has ended, and shut down."""
        self._processor.shutdown()

    def force_flush(self, timeout_millis: int = 30000) -> bool:
        """Export what has ended."""
        return self._processor.force_flush(timeout_millis)


def redact(span: ReadableSpan) -> ReadableSpan:
    """Return what may be exported of a span."""
    return ReadableSpan(
        span.name,
        _without_state(span.context),
        _without_state(span.parent),
        span.resource,
        _select(span.attributes or {}),
        kind=span.kind,
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def _select(attributes: Mapping[str, AttributeValue]) -> Mapping[str, AttributeValue]:
    selected = {
        name: value[:MAX_TEXT] if isinstance(value, str) else value
        for name, value in attributes.items()
        if name in ATTRIBUTES
    }
    if _is_refusal(selected.get("http.response.status_code")):
        selected.pop("url.path", None)
    return selected


def _is_refusal(status: AttributeValue | None) -> bool:
    return (
        isinstance(status, int)
        and HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
    )


def _without_state(context: SpanContext | None) -> SpanContext | None:
    if context is None or not context.trace_state:
        return context
    return SpanContext(context.trace_id, context.span_id, context.is_remote, context.trace_flags)
