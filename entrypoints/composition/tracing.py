"""Create what traces requests, if OpenTelemetry's environment variables say so."""

import os
from importlib.metadata import version
from typing import TYPE_CHECKING

from fastapi.telemetry import TelemetryConfig
from starlette.types import Scope

from entrypoints.http.paths import HEALTH_PATHS, local_path
from entrypoints.settings import InvalidSettings
from entrypoints.telemetry.metrics.endpoint import PATH as METRICS_PATH
from entrypoints.telemetry.tracing.environment import TraceOptions, read_trace_options
from entrypoints.telemetry.tracing.installation import (
    find_unknown_provider,
    has_any_provider,
    has_exporter,
    has_global_provider,
)
from entrypoints.telemetry.tracing.parsers import ignore_baggage, silence_parsers

if TYPE_CHECKING:
    from entrypoints.telemetry.tracing.tracing import Tracing

SERVICE = "heroes"
NOTHING = TelemetryConfig(tracing=False, metrics=False, logs=False)
UNTRACED = HEALTH_PATHS | {METRICS_PATH}


def find_trace_options() -> TraceOptions | None:
    """Return what the environment says about traces, or ``None`` if there are none.

    Raises ``InvalidSettings``, also if the packages are missing that export traces.
    """
    if variable := find_unknown_provider(os.environ):
        raise InvalidSettings(
            f"{variable} is not valid: unset it, or use a name that an installed package provides"
        )
    options = read_trace_options(os.environ)
    if options is not None and not has_exporter():
        raise InvalidSettings(
            f"an OTLP endpoint is set, but the packages that export traces are missing: install "
            f"{SERVICE}[otel], or set OTEL_TRACES_EXPORTER to none"
        )
    return options


def open_tracing() -> "Tracing | None":
    """Return what traces the requests of this process, or ``None``. Raises ``InvalidSettings``.

    A tracer provider that the process has already is its user's own: FastAPI uses that one.
    """
    silence_parsers()
    options = find_trace_options()
    if options is None or has_global_provider():
        return None
    ignore_baggage()
    # Imported only if requests are traced, because it takes time and memory.
    from entrypoints.telemetry.tracing.tracing import Tracing, describe_service  # noqa: PLC0415

    return Tracing(options, describe_service(SERVICE, version(SERVICE)), is_untraced)


def choose_telemetry(tracing: "Tracing | None", *, is_own_process: bool) -> TelemetryConfig | None:
    """Return how FastAPI traces requests. ``None`` is its default.

    By default it looks for a provider in each request, which takes 6 µs. In a process of the
    service itself nothing can set one later: without one, FastAPI need not look.
    """
    if tracing is not None:
        return tracing.telemetry
    return NOTHING if is_own_process and not has_any_provider() else None


def is_untraced(scope: Scope) -> bool:
    """Return whether a monitoring system sends the request."""
    return local_path(scope) in UNTRACED
