"""The query parameters of a list and their documentation.

FastAPI reads ``offset`` and ``limit``; ``query_string`` reads the others.
"""

from collections.abc import Mapping
from typing import Annotated, Any

import fastapi
from pydantic.config import JsonDict

from domain.filters import Operator
from domain.query import ID, Query
from domain.rules import INT64_MAX, INT64_MIN
from entrypoints.http.field_types import INT64
from entrypoints.http.listing.query_string import known_filters

FORMAT: JsonDict = {"format": INT64["format"]}

PAGE_MAX = 100
"""Maximum number of entities on a page."""

Offset = Annotated[
    int,
    fastapi.Query(
        ge=0,
        le=INT64_MAX,
        description="Number of items to skip, by default 0. Not together with `cursor`.",
        json_schema_extra=FORMAT,
    ),
]
Limit = Annotated[
    int,
    fastapi.Query(
        ge=0, le=PAGE_MAX, description="Maximum number of items.", json_schema_extra=FORMAT
    ),
]


def describe_parameters(kind: type[Query]) -> list[dict[str, Any]]:
    """Return the OpenAPI parameter objects of the parameters that ``read_query`` reads.

    Tools send examples. So those that would leave nothing to read have none.
    """
    filters = [
        _describe_parameter(name, _FILTERS[operator].format(field), _SCHEMAS[operand])
        for name, (field, operator, operand) in known_filters(kind).items()
    ]
    key = f"-?({'|'.join(kind.fields)})"
    sort = {"type": "string", "pattern": f"^{key}(,{key})*$"}
    return [
        *filters,
        _describe_parameter("sort", SORT, sort) | {"example": f"-{ID}"},
        _describe_parameter("cursor", CURSOR, {"type": "string"}),
    ]


def _describe_parameter(name: str, description: str, schema: object) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "description": description,
        "schema": schema,
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
    int: {**INT64, "minimum": INT64_MIN},
    bool: {"type": "boolean"},
}
