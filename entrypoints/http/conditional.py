"""Conditional requests (RFC 9110, section 13), for any entity that has a version."""

from collections.abc import Container, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from starlette.responses import Response

from domain.errors import StaleVersion
from domain.preconditions import EVERY_VERSION, NO_PRECONDITION, Precondition
from entrypoints.http.entity_tags import entity_tag, parse_entity_tags
from entrypoints.http.json_response import JsonResponse

_CONDITIONS = {b"if-match", b"if-none-match"}


def _parameter(name: str, description: str) -> dict[str, Any]:
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
        _parameter("If-Match", "Entity tags; any other version than theirs is refused, 412."),
        _parameter(
            "If-None-Match", "Entity tags; their versions are not sent again, 304, or refused, 412."
        ),
    ]
}
"""How the OpenAPI document tells of it. Parameters of a route would cost every request time."""


def response_with_etag(
    content: Any, version: int, headers: Mapping[str, str] | None = None
) -> JsonResponse:
    """Return the response that shows an entity in this version."""
    return JsonResponse(content, headers={"ETag": entity_tag(version), **(headers or {})})


def precondition(request: Request) -> Precondition:
    """Return what the request asks of the version of the entity it is for.

    Raises ``RequestValidationError`` for a header that is not a list of entity tags.
    """
    if _CONDITIONS.isdisjoint(dict(request.scope["headers"])):
        return NO_PRECONDITION
    return Precondition(
        one_of=_versions(request, "if-match", EVERY_VERSION, weak_too=False),
        none_of=_versions(request, "if-none-match", (), weak_too=True),
    )


def not_modified(asked: Precondition, version: int) -> Response | None:
    """Return the answer to a GET by a client that has this version, or ``None`` for any other.

    Raises ``StaleVersion`` where the client wants only other versions.
    """
    if version not in asked.one_of:
        raise StaleVersion(version)
    if version not in asked.none_of:
        return None
    return Response(status_code=HTTPStatus.NOT_MODIFIED, headers={"ETag": entity_tag(version)})


def _versions(
    request: Request, name: str, unasked: Container[int], *, weak_too: bool
) -> Container[int]:
    """Return the versions that the header names, its lines taken together (section 5.3)."""
    lines = request.headers.getlist(name)
    if not lines:
        return unasked
    try:
        return parse_entity_tags(", ".join(lines), weak_too=weak_too)
    except ValueError:
        message = 'Input should be * or a list of entity tags, such as "1", "2"'
        error = {"type": "entity_tags", "loc": ("header", name), "msg": message}
        raise RequestValidationError([error]) from None
