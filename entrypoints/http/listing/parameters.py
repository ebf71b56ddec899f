"""The parameters of a list: the slice that a client asks for, and how all of them are documented.

FastAPI reads ``offset`` and ``limit``; ``query_string`` reads the others.
"""

from collections.abc import Mapping
from typing import Annotated, Any

import fastapi

from domain.filters import Operator
from domain.query import KEY, Query
from domain.rules import INT64_MAX, INT64_MIN
from entrypoints.http.listing.query_string import known_filters

PAGE_MAX = 100
"""Most entities in one answer."""

Offset = Annotated[int, fastapi.Query(ge=0, lt=INT64_MAX + 1, description="How many to skip.")]
Limit = Annotated[int, fastapi.Query(ge=0, le=PAGE_MAX, description="How many to return at most.")]


def query_parameters(kind: type[Query]) -> list[dict[str, Any]]:
    """Return the descriptions of the parameters that ``read_query`` reads."""
    filters = [
        _parameter(name, _FILTERS[operator].format(field), _SCHEMAS[operand], _EXAMPLES[operand])
        for name, (field, operator, operand) in known_filters(kind).items()
    ]
    key = f"-?({'|'.join(kind.fields)})"
    sort = {"type": "string", "pattern": f"^{key}(,{key})*$"}
    return [
        *filters,
        _parameter("sort", SORT, sort, f"-{KEY}"),
        _parameter("cursor", CURSOR, {"type": "string"}, "MquiqZWV6nJeWzVd"),
    ]


def _parameter(name: str, description: str, schema: object, example: object) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "description": description,
        "schema": schema,
        "example": example,
    }


SORT = (
    "Fields to sort by, with a minus before those that fall. The `id` is always the last one. "
    "Nulls come last, and texts in the order of their code points."
)
CURSOR = (
    "Where to go on, as the `Link` of another page says it. It belongs to that page's filters and "
    "`sort`, and goes without `offset`."
)

_FILTERS = {
    Operator.EQ: "Only those whose `{}` is this.",
    Operator.STARTSWITH: "Only those whose `{}` starts with this, in the same case.",
    Operator.CONTAINS: "Only those whose `{}` contains this, in the same case.",
    Operator.GTE: "Only those whose `{}` is this or more.",
    Operator.LTE: "Only those whose `{}` is this or less.",
    Operator.ISNULL: "Only those that have no `{}`, or only those that have one.",
}
_SCHEMAS: Mapping[type, dict[str, Any]] = {
    str: {"type": "string", "pattern": r"^[^\x00]*$"},
    int: {"type": "integer", "minimum": INT64_MIN, "exclusiveMaximum": INT64_MAX + 1},
    bool: {"type": "boolean"},
}
_EXAMPLES: Mapping[type, object] = {str: "Dead", int: 18, bool: False}
