"""What a client would rather have (RFC 7240): here, that what there is be counted."""

from collections.abc import Mapping
from typing import Any

from starlette.datastructures import Headers
from starlette.types import Scope

from entrypoints.http.header_fields import parse_named_value, split_list

EXACT_COUNT = "count=exact"

VARY = {"Vary": "Prefer"}
"""What caches have to be told with or without a preference (RFC 7240, section 2)."""

PREFER: dict[str, Any] = {
    "name": "Prefer",
    "in": "header",
    "description": f"With `{EXACT_COUNT}`, the answer says how many there are in all (RFC 7240).",
    "schema": {"type": "string"},
    "example": EXACT_COUNT,
}
COUNTS: dict[str, Any] = {
    "X-Total-Count": {
        "description": f"How many pass the filters. There if `Prefer: {EXACT_COUNT}` asked for it.",
        "schema": {"type": "integer", "minimum": 0},
        "example": 1234,
    },
    "Preference-Applied": {
        "description": "The preference that was followed (RFC 7240).",
        "schema": {"type": "string", "enum": [EXACT_COUNT]},
    },
    "Vary": {
        "description": "The header of the request that makes a difference.",
        "schema": {"type": "string"},
        "example": VARY["Vary"],
    },
}
"""How the OpenAPI document tells of it."""


def wants_exact_count(scope: Scope) -> bool:
    """Return whether the client prefers an exact count, which may take long."""
    if b"prefer" not in dict(scope["headers"]):
        return False
    return preferences(Headers(scope=scope)).get("count") == "exact"


def count_headers(number: int) -> dict[str, str]:
    """Return the headers that tell a count, and that it was preferred."""
    return {"X-Total-Count": str(number), "Preference-Applied": EXACT_COUNT}


def preferences(headers: Headers) -> Mapping[str, str]:
    """Return the preferences by their names in lower case; of several by one name, the first.

    What can't be read is passed over, as a preference is that the server does not know.
    """
    found: dict[str, str] = {}
    for line in headers.getlist("prefer"):
        for element in split_list(line):
            if preference := parse_named_value(element):
                found.setdefault(*preference)
    return found
