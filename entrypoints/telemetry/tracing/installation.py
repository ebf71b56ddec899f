"""Whether the packages that export traces are installed, and whether something else traces."""

from importlib.util import find_spec

from opentelemetry.trace import ProxyTracerProvider, get_tracer_provider

EXPORTING = ("opentelemetry.sdk.trace", "opentelemetry.exporter.otlp.proto.http")
"""The packages of the extra that exporting needs."""


def has_exporter() -> bool:
    """Return whether the packages of the extra are installed. Imports none of them."""
    try:
        return all(map(find_spec, EXPORTING))
    except ModuleNotFoundError:  # a package that contains one
        return False


def has_global_provider() -> bool:
    """Return whether the process has a tracer provider already, which FastAPI uses then."""
    return not isinstance(get_tracer_provider(), ProxyTracerProvider)
