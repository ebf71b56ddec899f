"""Conditional requests (RFC 9110, sections 8.8.3 and 13), for any entity that has a version.

An entity tag is the version in quotes. It tells the representations of one resource apart, and need
not tell resources apart: their addresses do, for no address is ever used for another entity.
"""

import re
from collections.abc import Container, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from starlette.responses import Response

from domain.errors import StaleVersion
from domain.versions import EVERY_VERSION, NO_PRECONDITION, Precondition
from entrypoints.api.json_response import JsonResponse

_CONDITIONS = {b"if-match", b"if-none-match"}

_TAG = re.compile(r'(W/)?"([\x21\x23-\x7e\x80-\xff]*)"')
_LIST = re.compile(rf"[ \t,]*+(?:{_TAG.pattern}[ \t]*+(?:,[ \t,]*+|$))*+")
"""A list of tags, in which a recipient has to put up with empty elements (section 5.6.1.2)."""

_VERSION = re.compile("[1-9][0-9]{0,18}")

ETAG: dict[str, Any] = {
    "ETag": {
        "description": "The entity tag of the version that there is.",
        "required": True,
        "schema": {"type": "string"},
        "example": '"1"',
    }
}
"""How the OpenAPI document tells of the header of an answer."""


def _condition(name: str, description: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "header",
        "required": False,
        "description": description,
        "schema": {"type": "string"},
        "example": '"1"',
    }


CONDITIONAL = {
    "parameters": [
        _condition("If-Match", "Entity tags; any other version than theirs is refused, 412."),
        _condition(
            "If-None-Match", "Entity tags; their versions are not sent again, 304, or refused, 412."
        ),
    ]
}
"""How it tells of what a request may ask. Not a route's parameters: those cost every request."""


def entity_tag(version: int) -> str:
    """Return the strong entity tag of an entity's version."""
    return f'"{version}"'


def versioned(content: Any, version: int, headers: Mapping[str, str] | None = None) -> JsonResponse:
    """Return the response that shows an entity in this version."""
    return JsonResponse(content, headers={"ETag": entity_tag(version), **(headers or {})})


def precondition(request: Request) -> Precondition:
    """Return what the request asks of the version of the entity it is for.

    Raises ``RequestValidationError`` for a header that is not a list of entity tags.
    """
    if _CONDITIONS.isdisjoint(dict(request.scope["headers"])):
        return NO_PRECONDITION
    return Precondition(
        one_of=_versions(request, "if-match", default=EVERY_VERSION, weak_too=False),
        none_of=_versions(request, "if-none-match", default=(), weak_too=True),
    )


def not_modified(asked: Precondition, version: int) -> Response | None:
    """Return the answer to a GET by a client that has this version, or ``None`` for any other.

    Raises ``StaleVersion`` where the client wants none but other versions.
    """
    if version not in asked.one_of:
        raise StaleVersion(version)
    if version not in asked.none_of:
        return None
    return Response(status_code=HTTPStatus.NOT_MODIFIED, headers={"ETag": entity_tag(version)})


def _versions(
    request: Request, name: str, *, default: Container[int], weak_too: bool
) -> Container[int]:
    """Return the versions that the header's tags stand for. Tags of another form stand for none.

    Weak comparison takes weak tags too, strong comparison does not (section 8.8.3.2).
    """
    lines = request.headers.getlist(name)
    if not lines:
        return default
    value = ", ".join(lines).strip(" \t")
    if value == "*":
        return EVERY_VERSION
    if not _LIST.fullmatch(value):
        message = 'Input should be * or a list of entity tags, such as "1", "2"'
        raise RequestValidationError(
            [{"type": "entity_tags", "loc": ("header", name), "msg": message}]
        )
    tags = _TAG.findall(value)
    return {int(tag) for weak, tag in tags if (weak_too or not weak) and _VERSION.fullmatch(tag)}
