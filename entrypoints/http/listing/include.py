"""Members that are added to each entity of a response on request: ``?include=etag``."""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from starlette.datastructures import QueryParams

from domain.errors import InvalidQuery, Violation
from entrypoints.http.entity_tags import entity_tag

NAME = "include"
ETAG = "etag"
KNOWN = frozenset({ETAG})
NOTHING: frozenset[str] = frozenset()

_KNOWN_TEXT = "|".join(sorted(KNOWN))

INCLUDE: dict[str, Any] = {
    "name": NAME,
    "in": "query",
    "description": (
        "Comma-separated list of members to add to each item. `etag` is its entity tag, for "
        "`If-Match` and for the `etag` of a batch."
    ),
    "schema": {"type": "string", "pattern": f"^({_KNOWN_TEXT})(,({_KNOWN_TEXT}))*$"},
}
"""The parameter in the OpenAPI document."""


class HasVersion(Protocol):
    """An entity with a version."""

    @property
    def version(self) -> int: ...


Entity = TypeVar("Entity", bound=HasVersion)
Serialize = Callable[[Entity], dict[str, Any]]


def read_include(parameters: QueryParams) -> frozenset[str]:
    """Return the members to include. Raises ``InvalidQuery`` for an unknown one."""
    if NAME not in parameters:
        return NOTHING
    if len(parameters.getlist(NAME)) > 1:
        raise InvalidQuery([Violation(NAME, "repeated", "Parameter should be given once")])
    included = frozenset(parameters[NAME].split(","))
    if not included <= KNOWN:
        message = f"Input should be a comma-separated list of {', '.join(sorted(KNOWN))}"
        raise InvalidQuery([Violation(NAME, "unknown_member", message)])
    return included


def add_included(serialize: Serialize[Entity], included: frozenset[str]) -> Serialize[Entity]:
    """Return a function that adds the included members to the JSON object of an entity."""
    if ETAG not in included:
        return serialize
    return lambda entity: {**serialize(entity), ETAG: entity_tag(entity.version)}
