"""OpenTelemetry's parsers of headers, and its limits, for what clients send.

The parsers log what they do not understand. That is a client's text: it may be a credential, and
there may be 180 lines of a request. The limits log each attribute that exceeds them.
"""

import logging

from opentelemetry.propagate import get_global_textmap, set_global_textmap
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

LOGGERS = (
    "opentelemetry.attributes",
    "opentelemetry.baggage.propagation",
    "opentelemetry.trace.propagation.tracecontext",
    "opentelemetry.trace.span",  # of tracestate
)


def silence_parsers() -> None:
    """Let this process log nothing of clients' ``baggage`` and ``tracestate``, or of long paths."""
    for name in LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL)


def ignore_baggage() -> None:
    """Let FastAPI read ``traceparent`` and ``tracestate``, but no ``baggage``, in this process.

    Nothing here uses baggage, and the time of its parser grows with the square of the length: 8 KiB
    of spaces would stop the event loop for 0.1 s. Does nothing if ``OTEL_PROPAGATORS`` is set to
    others.
    """
    if "baggage" in get_global_textmap().fields:
        set_global_textmap(TraceContextTextMapPropagator())
