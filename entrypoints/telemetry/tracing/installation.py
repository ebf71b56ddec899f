"""Whether the packages that export traces are installed, and whether something else traces."""

from collections.abc import Mapping
from importlib.metadata import entry_points
from importlib.util import find_spec

from opentelemetry._logs import get_logger_provider
from opentelemetry.metrics import get_meter_provider
from opentelemetry.trace import ProxyTracerProvider, get_tracer_provider

EXPORTING = ("opentelemetry.sdk.trace", "opentelemetry.exporter.otlp.proto.http")
"""The packages of the extra that exporting needs."""

API = ("opentelemetry.trace", "opentelemetry.metrics", "opentelemetry._logs")
"""The packages whose providers do nothing."""

PROVIDERS = ("tracer", "meter", "logger")
"""The kinds of providers that FastAPI looks for in each request."""


def has_exporter() -> bool:
    """Return whether the packages of the extra are installed. Imports none of them."""
    try:
        return all(map(find_spec, EXPORTING))
    except ModuleNotFoundError:  # a package that contains one
        return False


def has_global_provider() -> bool:
    """Return whether the process has a tracer provider already, which FastAPI uses then."""
    return not isinstance(get_tracer_provider(), ProxyTracerProvider)


def has_any_provider() -> bool:
    """Return whether the process has a provider of any kind that FastAPI would use.

    Those of OpenTelemetry's API itself do nothing.
    """
    providers = (get_tracer_provider(), get_meter_provider(), get_logger_provider())
    return any(not type(each).__module__.startswith(API) for each in providers)


def find_unknown_provider(environment: Mapping[str, str]) -> str | None:
    """Return the variable that names a provider which no installed package has, or ``None``.

    With it, also if it is empty, OpenTelemetry fails each time that FastAPI looks for a provider.
    """
    for kind in PROVIDERS:
        variable, group = f"OTEL_PYTHON_{kind.upper()}_PROVIDER", f"opentelemetry_{kind}_provider"
        if variable in environment and not entry_points(group=group, name=environment[variable]):
            return variable
    return None
