"""The query parameters of a list and their documentation.

FastAPI reads ``offset`` and ``limit``; ``query_string`` reads the others.
"""

from collections.abc import Mapping
from typing import Annotated, Any

import fastapi

from domain.filters import Operator
from domain.query import ID, Query
from domain.rules import INT64_MAX, INT64_MIN
from entrypoints.http.listing.query_string import known_filters

PAGE_MAX = 100
"""Maximum number of entities on a page."""

Offset = Annotated[
    int, fastapi.Query(ge=0, lt=INT64_MAX + 1, description="Number of items to skip.")
]
Limit = Annotated[int, fastapi.Query(ge=0, le=PAGE_MAX, description="Maximum number of items.")]


def describe_parameters(kind: type[Query]) -> list[dict[str, Any]]:
    """Return the OpenAPI parameter objects of the parameters that ``read_query`` reads."""
    filters = [
        _describe_parameter(
            name, _FILTERS[operator].format(field), _SCHEMAS[operand], _EXAMPLES[operand]
        )
        for name, (field, operator, operand) in known_filters(kind).items()
    ]
    key = f"-?({'|'.join(kind.fields)})"
    sort = {"type": "string", "pattern": f"^{key}(,{key})*$"}
    return [
        *filters,
        _describe_parameter("sort", SORT, sort, f"-{ID}"),
        _describe_parameter("cursor", CURSOR, {"type": "string"}, "MquiqZWV6nJeWzVd"),
    ]


def _describe_parameter(
    name: str, description: str, schema: object, example: object
) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "description": description,
        "schema": schema,
        "example": example,
    }


SORT = (
    "Comma-separated list of fields to sort by; `-` before a field means descending. The last sort "
    "key is always `id`. Nulls come last. Strings sort by code point."
)
CURSOR = (
    "The position after which the page begins, from a `Link` header. It is valid for the filters "
    "and the `sort` of that link. Not together with `offset`."
)

_FILTERS = {
    Operator.EQ: "`{}` equals the value.",
    Operator.STARTSWITH: "`{}` starts with the value. Case-sensitive.",
    Operator.CONTAINS: "`{}` contains the value. Case-sensitive.",
    Operator.GTE: "`{}` is greater than or equal to the value.",
    Operator.LTE: "`{}` is less than or equal to the value.",
    Operator.ISNULL: "`{}` is null (`true`), or is not null (`false`).",
}
_SCHEMAS: Mapping[type, dict[str, Any]] = {
    str: {"type": "string", "pattern": r"^[^\x00]*$"},
    int: {"type": "integer", "minimum": INT64_MIN, "exclusiveMaximum": INT64_MAX + 1},
    bool: {"type": "boolean"},
}
_EXAMPLES: Mapping[type, object] = {str: "Dead", int: 18, bool: False}
