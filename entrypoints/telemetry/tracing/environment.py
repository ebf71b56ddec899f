"""The environment variables of OpenTelemetry, as its specification defines them.

The SDK reads most of them itself. About wrong ones it only warns, with a value that may be a
credential, and then uses a default. So all are checked here, before a start.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from entrypoints.settings import InvalidSettings
from entrypoints.telemetry.tracing.checks import CHECKS, OF_ALL, OF_TRACES, URL

EXPORTER = "OTEL_TRACES_EXPORTER"
RATIO = "OTEL_TRACES_SAMPLER_ARG"

SAMPLERS = {"always_on": 1.0, "always_off": 0.0, "traceidratio": None}
"""The samplers of root spans, and the part of the requests that each one samples.

``None`` if that is the argument of the sampler.
"""

PARENT_BASED = "parentbased_"
DEFAULT_SAMPLER = "parentbased_always_on"


@dataclass(frozen=True, slots=True)
class TraceOptions:
    """Where traces are sent to, and which requests are traced."""

    endpoint: str
    """The URL that accepts traces."""

    ratio: float = 1.0
    """Part of the requests that is traced if no trusted parent decides it."""

    is_parent_based: bool = True
    """Whether the parent decides, if a trusted proxy has sent it."""


def read_trace_options(environment: Mapping[str, str]) -> TraceOptions | None:
    """Return what the variables say, or ``None`` if nothing is traced.

    Without an OTLP endpoint nothing is. Raises ``InvalidSettings`` if the traces could not be
    exported as they say.
    """
    variables = _select(environment)
    found = _find_endpoint(variables)
    exporter = variables.get(EXPORTER, "otlp").lower()
    if found is None or exporter == "none" or _is_true(variables.get("OTEL_SDK_DISABLED")):
        return None
    if exporter != "otlp":
        raise InvalidSettings(f"{EXPORTER} is not valid: use otlp or none")
    name, endpoint = found
    _check_endpoint(name, endpoint)
    for variable, (is_valid, expected) in CHECKS.items():
        if variable in variables and not is_valid(variables[variable]):
            raise InvalidSettings(f"{variable} is not valid: use {expected}")
    _check_batch_size(variables)
    ratio, is_parent_based = _find_sampler(variables)
    return TraceOptions(endpoint, ratio, is_parent_based)


def _select(environment: Mapping[str, str]) -> Mapping[str, str]:
    """Return the variables that have an effect: those for traces replace those for all signals."""
    variables = {name: text for name, value in environment.items() if (text := value.strip())}
    replaced = {name.replace(OF_TRACES, OF_ALL) for name in variables if name.startswith(OF_TRACES)}
    return {name: text for name, text in variables.items() if name not in replaced}


def _find_endpoint(variables: Mapping[str, str]) -> tuple[str, str] | None:
    """Return the name of the variable and the URL for traces."""
    name = f"{OF_TRACES}ENDPOINT"
    if name in variables:
        return name, variables[name]
    name = f"{OF_ALL}ENDPOINT"
    if name in variables:
        return name, f"{variables[name].removesuffix('/')}/v1/traces"
    return None


def _check_endpoint(name: str, endpoint: str) -> None:
    """Raise ``InvalidSettings`` unless it is a URL for HTTP. It may have a password: hide it."""
    try:
        url = urlsplit(endpoint)
        is_valid = URL.fullmatch(endpoint) is not None and url.port != 0
        has_query = bool(url.query)
    except ValueError:
        is_valid = has_query = False
    if has_query:  # the exporter logs it
        raise InvalidSettings(
            f"{name} is not valid: put the credential in OTEL_EXPORTER_OTLP_HEADERS, not in a query"
        )
    if not is_valid:
        raise InvalidSettings(f"{name} is not valid: use a URL such as http://localhost:4318")


def _find_sampler(variables: Mapping[str, str]) -> tuple[float, bool]:
    name = variables.get("OTEL_TRACES_SAMPLER", DEFAULT_SAMPLER).lower()
    root = name.removeprefix(PARENT_BASED)
    if root not in SAMPLERS:
        names = ", ".join([*SAMPLERS, *(PARENT_BASED + root for root in SAMPLERS)])
        raise InvalidSettings(f"OTEL_TRACES_SAMPLER is not valid: use one of {names}")
    ratio = SAMPLERS[root]
    if ratio is None:
        argument = variables.get(RATIO, "1")
        if not _is_ratio(argument):
            raise InvalidSettings(f"{RATIO} is not valid: use a number from 0 to 1")
        ratio = float(argument)
    return ratio, name.startswith(PARENT_BASED)


def _check_batch_size(variables: Mapping[str, str]) -> None:
    queue, batch = "OTEL_BSP_MAX_QUEUE_SIZE", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE"
    if int(variables.get(batch, 512)) > int(variables.get(queue, 2048)):
        raise InvalidSettings(f"{batch} is not valid: it must not be greater than {queue}")


def _is_true(text: str | None) -> bool:
    return text is not None and text.lower() == "true"


def _is_ratio(text: str) -> bool:
    try:
        return 0 <= float(text) <= 1
    except ValueError:
        return False
