"""The JSON body of a request, read as FastAPI reads it."""

from collections.abc import Awaitable, Callable
from email.message import Message
from functools import lru_cache
from json import JSONDecodeError
from typing import Any

from fastapi import HTTPException
from fastapi.datastructures import DefaultPlaceholder
from fastapi.dependencies.utils import request_body_to_args
from fastapi.params import Body, Form
from fastapi.requests import Request
from pydantic_core import PydanticUndefined

from entrypoints.http.compiled.json_body import READ_ERROR, check_nesting
from entrypoints.http.compiled.left import LeftToFastAPI

Validate = Callable[[Any, dict[str, Any], list[Any]], Awaitable[None]]
"""Validates a body, and adds its value, or its errors."""


async def read_body(request: Request, *, is_strict: bool) -> Any:
    """Return the body: its JSON, bytes if it is of another type, or ``PydanticUndefined``.

    A body without a type is JSON unless ``is_strict``. Raises ``JSONDecodeError``, and 400 for what
    prevents reading.
    """
    try:
        content = await request.body()
        if not content:
            return PydanticUndefined
        media_type = request.headers.get("content-type")
        is_json = _is_json(media_type) if media_type else not is_strict
        if not is_json:
            return content
        check_nesting(content)
        return await request.json()
    except (JSONDecodeError, HTTPException):
        raise
    except Exception as error:
        raise HTTPException(400, READ_ERROR) from error


def compile_body(field: Any) -> Validate:
    """Return the function that validates the body. Raises ``LeftToFastAPI``."""
    if not isinstance(field.field_info, Body) or isinstance(field.field_info, Form):
        raise LeftToFastAPI("a form")
    name, validate = field.name, field.validate

    async def add(body: Any, values: dict[str, Any], errors: list[Any]) -> None:
        if body is PydanticUndefined:
            found, missing = await request_body_to_args([field], body, embed_body_fields=False)
            values.update(found)
            errors.extend(missing)
            return
        values[name], found = validate(body, loc=("body",))
        errors.extend(found)

    return add


def is_strict(setting: bool | DefaultPlaceholder) -> bool:  # noqa: FBT001 - FastAPI's setting
    """Return whether a body needs a type: the value of ``strict_content_type``."""
    return bool(setting.value if isinstance(setting, DefaultPlaceholder) else setting)


@lru_cache(maxsize=64)
def _is_json(media_type: str) -> bool:
    message = Message()
    message["content-type"] = media_type
    subtype = message.get_content_subtype()
    is_json = subtype == "json" or subtype.endswith("+json")
    return is_json and message.get_content_maintype() == "application"
