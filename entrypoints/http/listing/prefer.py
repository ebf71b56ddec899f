"""The preference for an exact count: ``Prefer: count=exact`` (RFC 7240)."""

from collections.abc import Mapping
from typing import Any

from starlette.datastructures import Headers
from starlette.types import Scope

from entrypoints.http.field_types import INT64
from entrypoints.http.header_fields import limit_size, parse_named_value, split_list

EXACT_COUNT = "count=exact"

VARY = {"Vary": "Prefer"}
"""The header of every list, with or without a preference (RFC 7240, section 2)."""

PREFER: dict[str, Any] = {
    "name": "Prefer",
    "in": "header",
    "description": f"With `{EXACT_COUNT}`, the response has the total count (RFC 7240).",
    "schema": {"type": "string"},
}
COUNTS: dict[str, Any] = {
    "X-Total-Count": {
        "description": f"How many match the filters. Sent for `Prefer: {EXACT_COUNT}`.",
        "schema": {**INT64, "minimum": 0},
        "example": 1234,
    },
    "Preference-Applied": {
        "description": "The preference that was applied (RFC 7240).",
        "schema": {"type": "string", "enum": [EXACT_COUNT]},
    },
    "Vary": {
        "description": "The request header that the response depends on.",
        "schema": {"type": "string"},
        "example": VARY["Vary"],
    },
}
"""The headers in the OpenAPI document."""


def wants_exact_count(scope: Scope) -> bool:
    """Return whether the client prefers an exact count, which may take long."""
    if b"prefer" not in dict(scope["headers"]):
        return False
    return parse_preferences(Headers(scope=scope)).get("count") == "exact"


def count_headers(number: int) -> dict[str, str]:
    """Return the headers with the count and the applied preference."""
    return {"X-Total-Count": str(number), "Preference-Applied": EXACT_COUNT}


def parse_preferences(headers: Headers) -> Mapping[str, str]:
    """Return the preferences by their names in lower case, and the first of a repeated one.

    Malformed preferences are ignored, as unknown ones are.
    """
    parsed: dict[str, str] = {}
    for line in limit_size(headers.getlist("prefer")):
        for element in split_list(line):
            if preference := parse_named_value(element):
                parsed.setdefault(*preference)
    return parsed
