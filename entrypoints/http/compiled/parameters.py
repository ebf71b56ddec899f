"""Parameters of scalar types, validated by the fields that FastAPI has made of them."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from operator import attrgetter
from types import MappingProxyType, NoneType, UnionType
from typing import Any, Union, get_args, get_origin
from uuid import UUID

from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import get_validation_alias, request_params_to_args
from fastapi.params import Param
from fastapi.requests import Request
from pydantic import Json
from pydantic.fields import FieldInfo

from entrypoints.http.compiled.left import LeftToFastAPI

Read = Callable[[Request, dict[str, Any], list[Any]], None]
"""Reads a parameter of the request, and adds its value, or its errors."""

SCALARS = (bool, int, float, str, Decimal, Enum, UUID, date, time, timedelta, NoneType)
"""Types, with their subclasses, whose values FastAPI passes on to validation as they came."""

SHARED = (bool, int, float, str, NoneType)
"""Types of defaults that FastAPI's copy of the default would not differ from."""

SOURCES: Mapping[str, Callable[[Request], Mapping[str, Any]]] = MappingProxyType(
    {
        "path_params": attrgetter("path_params"),
        "query_params": attrgetter("query_params"),
        "header_params": attrgetter("headers"),
        "cookie_params": attrgetter("cookies"),
    }
)
"""Where the parameters of each list of a ``Dependant`` come from, in FastAPI's order."""


def compile_parameters(dependant: Dependant) -> Iterator[Read]:
    """Yield a function for each parameter, in FastAPI's order. Raises ``LeftToFastAPI``."""
    for kind, receive in SOURCES.items():
        for field in getattr(dependant, kind):
            yield _compile(field, receive)


def _compile(field: Any, receive: Callable[[Request], Mapping[str, Any]]) -> Read:
    info = field.field_info
    _check(field, info)
    name, alias, validate = field.name, get_validation_alias(field), field.validate
    location = (info.in_.value, alias)
    set_missing = _compile_missing(field)

    def read(request: Request, values: dict[str, Any], errors: list[Any]) -> None:
        given = receive(request).get(alias)
        if given is None:
            set_missing(values, errors)
            return
        value, found = validate(given, loc=location)
        if found:
            errors.extend(found)
        else:
            values[name] = value

    return read


def _compile_missing(field: Any) -> Callable[[dict[str, Any], list[Any]], None]:
    """Return what happens if the request does not have the parameter."""
    name, info, default = field.name, field.field_info, field.field_info.default

    def set_default(values: dict[str, Any], _: list[Any]) -> None:
        values[name] = default

    def ask_fastapi(values: dict[str, Any], errors: list[Any]) -> None:
        found, missing = request_params_to_args([field], {})
        values.update(found)
        errors.extend(missing)

    is_fixed = not (info.is_required() or info.default_factory or info.validate_default)
    return set_default if is_fixed and isinstance(default, SHARED) else ask_fastapi


def _check(field: Any, info: FieldInfo) -> None:
    """Raise ``LeftToFastAPI`` for a parameter that FastAPI looks up or reads in another way."""
    has_one_name = isinstance(info.validation_alias, str | None) and not field.config
    is_json = any(type(each) is Json for each in info.metadata)
    if not (isinstance(info, Param) and has_one_name) or is_json or not _is_scalar(info.annotation):
        raise LeftToFastAPI(f"the parameter {field.name}")


def _is_scalar(annotation: Any) -> bool:
    if get_origin(annotation) in (Union, UnionType):
        return all(map(_is_scalar, get_args(annotation)))
    return isinstance(annotation, type) and issubclass(annotation, SCALARS)
