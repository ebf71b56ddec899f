"""Parse the query string of a list: filters, sort keys and cursor."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError
from starlette.datastructures import QueryParams

from domain.errors import InvalidQuery, Violation
from domain.filters import Filter, Operator, filter_name
from domain.query import BY_ID, Query, SortKey
from entrypoints.http.listing.cursors import resume_at
from entrypoints.http.listing.include import NAME as INCLUDE_NAME

FASTAPI_PARAMETERS = {"offset", "limit"}
"""Parameters that FastAPI reads and validates."""

INTEGER = re.compile("-?[0-9]{1,20}")
BOOLEAN: TypeAdapter[bool] = TypeAdapter(bool)
"""Parses a boolean as FastAPI does: ``true``, ``1``, ``on``, ``yes`` and others, in any case."""

Q = TypeVar("Q", bound=Query)


def read_query(kind: type[Q], parameters: QueryParams, *, offset: int, limit: int) -> Q:
    """Return the query that the parameters describe. Raises ``InvalidQuery``.

    A filter, ``sort`` or ``cursor`` may occur once. An unknown parameter is ignored, unless its
    name has the form of a filter, with ``__``.
    """
    if parameters.keys() <= FASTAPI_PARAMETERS:
        return kind(offset=offset, limit=limit)
    filters = list(_parse_filters(kind, parameters))
    _raise_violations([*filters, *_check_sort_and_cursor(parameters)])
    query = kind(
        filters=tuple([each for each in filters if isinstance(each, Filter)]),
        sort=_parse_sort(parameters["sort"]) if "sort" in parameters else BY_ID,
        offset=offset,
        limit=limit,
    )
    return resume_at(query, parameters["cursor"]) if "cursor" in parameters else query


def known_parameters(kind: type[Query]) -> frozenset[str]:
    """Return the names of all parameters that are not ignored."""
    others = {"sort", "cursor", INCLUDE_NAME}
    return frozenset(known_filters(kind).keys() | FASTAPI_PARAMETERS | others)


def _raise_violations(parsed: Sequence[Filter | Violation]) -> None:
    if violations := [each for each in parsed if isinstance(each, Violation)]:
        raise InvalidQuery(violations)


def _parse_filters(kind: type[Query], parameters: QueryParams) -> Iterator[Filter | Violation]:
    known = known_filters(kind)
    for name, text in parameters.multi_items():
        if name in known:
            yield _parse_filter(name, *known[name], text)
        elif "__" in name:
            yield Violation(name, "unknown_filter", "There is no such filter")


def _check_sort_and_cursor(parameters: QueryParams) -> Iterator[Violation]:
    for name in ("sort", "cursor"):
        if len(parameters.getlist(name)) > 1:
            yield Violation(name, "repeated", "Parameter should be given once")
    if "cursor" in parameters and "offset" in parameters:
        yield Violation("cursor", "cursor_with_offset", "Cursor should be given without an offset")


def _parse_sort(text: str) -> tuple[SortKey, ...]:
    return tuple([SortKey(key.removeprefix("-"), key.startswith("-")) for key in text.split(",")])


def known_filters(kind: type[Query]) -> Mapping[str, tuple[str, Operator, type]]:
    """Return the field, operator and operand type of each filter, by parameter name."""
    return {
        filter_name(name, operator): (name, operator, field.operand_type(operator))
        for name, field in kind.fields.items()
        for operator in Operator
        if operator in field.operators
    }


def _parse_filter(
    name: str, field: str, operator: Operator, operand: type, text: str
) -> Filter | Violation:
    if operand is str:
        return Filter(field, operator, text)
    if operand is bool:
        return _parse_boolean(name, field, operator, text)
    if INTEGER.fullmatch(text):
        return Filter(field, operator, int(text))
    return Violation(name, "int_parsing", "Input should be a valid integer")


def _parse_boolean(name: str, field: str, operator: Operator, text: str) -> Filter | Violation:
    try:
        return Filter(field, operator, BOOLEAN.validate_python(text))
    except ValidationError as invalid:
        error = invalid.errors()[0]
        return Violation(name, error["type"], error["msg"])
