"""OpenTelemetry's parsers of headers, which log what they do not understand.

That is a client's text: it may be a credential, and there may be 180 lines of a request.
"""

import logging

LOGGERS = (
    "opentelemetry.baggage.propagation",
    "opentelemetry.trace.propagation.tracecontext",
    "opentelemetry.trace.span",  # of tracestate
)


def silence_parsers() -> None:
    """Let nothing of a client's ``baggage`` and ``tracestate`` be logged by this process."""
    for name in LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL)
