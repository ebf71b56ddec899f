"""Members that are added to each entity of a response on request: ``?include=etag``."""

from collections.abc import Collection, Mapping
from typing import Any

from starlette.datastructures import QueryParams

from domain.errors import InvalidQuery, Violation

NAME = "include"
ETAG = "etag"
ETAG_TEXT = "its entity tag, for `If-Match` and for the `etag` of a batch"
NOTHING: frozenset[str] = frozenset()


def describe_include(includable: Mapping[str, str]) -> dict[str, Any]:
    """Return the OpenAPI parameter object. ``includable`` has a text for each member."""
    names = "|".join(sorted(includable))
    texts = " ".join(f"`{name}` is {text}." for name, text in includable.items())
    return {
        "name": NAME,
        "in": "query",
        "description": f"Comma-separated list of members to add to each item. {texts}",
        "schema": {"type": "string", "pattern": f"^({names})(,({names}))*$"},
    }


def read_include(parameters: QueryParams, includable: Collection[str]) -> frozenset[str]:
    """Return the members to include. Raises ``InvalidQuery`` for one that is not includable."""
    if NAME not in parameters:
        return NOTHING
    if len(parameters.getlist(NAME)) > 1:
        raise InvalidQuery([Violation(NAME, "repeated", "Parameter should be given once")])
    included = frozenset(parameters[NAME].split(","))
    if not included.issubset(includable):
        message = f"Input should be a comma-separated list of {', '.join(sorted(includable))}"
        raise InvalidQuery([Violation(NAME, "unknown_member", message)])
    return included
