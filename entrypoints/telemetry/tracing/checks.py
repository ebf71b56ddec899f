"""What is valid in the environment variables of OpenTelemetry that the SDK reads."""

import os
import re
from collections.abc import Callable, Mapping
from functools import partial
from importlib.metadata import entry_points
from urllib.parse import unquote

OF_ALL, OF_TRACES = "OTEL_EXPORTER_OTLP_", "OTEL_EXPORTER_OTLP_TRACES_"
"""Prefixes of the exporter's variables: of those for all signals, and of those for traces."""

PROTOCOL = "http/protobuf"

HEADERS = re.compile(r"[ \t]*[!#$%&'*+.^_`|~0-9A-Za-z-]+[ \t]*=[ !#-+\--:<-\[\]-~]*")
"""A header as the SDK accepts it: a token, and visible ASCII without ``",;\\`` (RFC 9110)."""

URL = re.compile(
    r"https?://"
    r"([!-\"$-.0->@-\[\]-~]+@)?"  # user and password
    r"([0-9a-z._-]+|\[[0-9a-f:.]+(%[0-9a-z._~-]+)?\])(:[0-9]+)?"
    r"(/[!-\"$->@-\[\]-~]*)?",
    re.ASCII | re.IGNORECASE,
)
"""A URL without a query and a fragment. It is strict: parts of others could be taken for the host,
which the exporter logs."""

PRINTABLE = re.compile("[ -~]*")
"""What a header may contain when it is decoded. The exporter logs others with their value."""


def _is_number(text: str) -> bool:
    try:
        return 0 < float(text) < float("inf")
    except ValueError:
        return False


def _is_natural(text: str) -> bool:
    return re.fullmatch("[0-9]{1,9}", text) is not None


def _is_positive(text: str) -> bool:
    return _is_natural(text) and int(text) > 0


def _are_pairs(text: str) -> bool:
    return all("=" in pair for pair in text.split(",") if pair.strip())


def _are_headers(text: str) -> bool:
    return all(_is_header(header) for header in text.split(",") if header.strip())


def _is_header(text: str) -> bool:
    parts = (unquote(part).strip() for part in text.split("=", 1))
    return HEADERS.fullmatch(text) is not None and all(map(PRINTABLE.fullmatch, parts))


def _is_readable(path: str) -> bool:
    return os.access(path, os.R_OK)


def _is_installed(group: str, name: str) -> bool:
    """Return whether an installed package has that entry point."""
    return bool(entry_points(group=group, name=name))


Check = tuple[Callable[[str], bool], str]

_FILE: Check = (_is_readable, "a path that can be read")

_OF_EXPORTER: Mapping[str, Check] = {
    "PROTOCOL": (lambda text: text == PROTOCOL, f"{PROTOCOL}, the only supported protocol"),
    "HEADERS": (_are_headers, "NAME=VALUE,NAME=VALUE with URL-encoded values"),
    "TIMEOUT": (_is_number, "a number of seconds"),
    "COMPRESSION": (lambda text: text.lower() in {"none", "gzip", "deflate"}, "gzip or none"),
    "CERTIFICATE": _FILE,
    "CLIENT_CERTIFICATE": _FILE,
    "CLIENT_KEY": _FILE,
}

_OF_PACKAGES = {
    "OTEL_PYTHON_EXPORTER_OTLP_HTTP_CREDENTIAL_PROVIDER": "opentelemetry_otlp_credential_provider",
    "OTEL_PYTHON_EXPORTER_OTLP_HTTP_TRACES_CREDENTIAL_PROVIDER": (
        "opentelemetry_otlp_credential_provider"
    ),
}
"""For each variable that names an entry point, its group. An unknown one ends a start late."""

_POSITIVE: Check = (_is_positive, "a positive integer")
_LIMIT: Check = (_is_natural, "an integer")

CHECKS: Mapping[str, Check] = {
    **{OF_ALL + name: check for name, check in _OF_EXPORTER.items()},
    **{OF_TRACES + name: check for name, check in _OF_EXPORTER.items()},
    **{
        name: (partial(_is_installed, group), "a name that an installed package provides")
        for name, group in _OF_PACKAGES.items()
    },
    "OTEL_RESOURCE_ATTRIBUTES": (_are_pairs, "NAME=VALUE,NAME=VALUE"),
    "OTEL_BSP_SCHEDULE_DELAY": _POSITIVE,
    "OTEL_BSP_MAX_QUEUE_SIZE": _POSITIVE,
    "OTEL_BSP_MAX_EXPORT_BATCH_SIZE": _POSITIVE,
    "OTEL_BSP_EXPORT_TIMEOUT": _POSITIVE,
    "OTEL_ATTRIBUTE_COUNT_LIMIT": _LIMIT,
    "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT": _LIMIT,
    "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT": _LIMIT,
    "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT": _LIMIT,
    "OTEL_SPAN_EVENT_COUNT_LIMIT": _LIMIT,
    "OTEL_SPAN_LINK_COUNT_LIMIT": _LIMIT,
    "OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT": _LIMIT,
    "OTEL_LINK_ATTRIBUTE_COUNT_LIMIT": _LIMIT,
}
"""For each variable a check of its value, and what is valid."""
