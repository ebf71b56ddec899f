"""Conditional requests (RFC 9110, section 13), for any entity with a version."""

from collections.abc import Container, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from starlette.responses import Response

from domain.errors import StaleVersion
from domain.preconditions import EVERY_VERSION, NO_PRECONDITION, Precondition
from entrypoints.http.entity_tags import entity_tag, explain_weak_tags, parse_entity_tags
from entrypoints.http.json_response import PRIVATE, EntityResponse

_HEADERS = {b"if-match", b"if-none-match"}


def _describe_header(name: str, description: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "header",
        "required": False,
        "description": description,
        "schema": {"type": "string"},
    }


CONDITIONAL = {
    "parameters": [
        _describe_header(
            "If-Match",
            'Entity tags such as `"1"`, or `*`. If none of them is current, the response is 412.',
        ),
        _describe_header(
            "If-None-Match",
            'Entity tags such as `"1"`, or `*`. If one of them is current, the response is 304 for'
            " GET, otherwise 412.",
        ),
    ]
}
"""``openapi_extra`` of a route that reads the precondition.

The headers are not parameters of the route function: FastAPI would process them in every request.
"""


def response_with_etag(
    content: Any, version: int, headers: Mapping[str, str] | None = None
) -> EntityResponse:
    """Return a response with the content and the entity tag of the version."""
    return EntityResponse(content, headers={"ETag": entity_tag(version), **(headers or {})})


def read_precondition(request: Request) -> Precondition:
    """Return the precondition of the request on the entity's version.

    Raises ``RequestValidationError`` if a header is not a list of entity tags.
    """
    if _HEADERS.isdisjoint(dict(request.scope["headers"])):
        return NO_PRECONDITION
    return Precondition(
        one_of=_read_versions(request, "if-match", EVERY_VERSION, include_weak=False),
        none_of=_read_versions(request, "if-none-match", (), include_weak=True),
        reason=explain_weak_tags(_combine(request, "if-match")),
    )


def not_modified_response(precondition: Precondition, version: int) -> Response | None:
    """Return a 304 for a GET if the client has this version, otherwise ``None``.

    Raises ``StaleVersion`` if ``If-Match`` does not accept this version.
    """
    if version not in precondition.one_of:
        raise StaleVersion(version, precondition.reason)
    if version not in precondition.none_of:
        return None
    headers = {"ETag": entity_tag(version), **PRIVATE}
    return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)


def _read_versions(
    request: Request, name: str, default: Container[int], *, include_weak: bool
) -> Container[int]:
    """Return the versions that the header names, or ``default`` without the header."""
    if name not in request.headers:
        return default
    try:
        return parse_entity_tags(_combine(request, name), include_weak=include_weak)
    except ValueError:
        message = 'Input should be * or a list of entity tags, such as "1", "2"'
        error = {"type": "entity_tags", "loc": ("header", name), "msg": message}
        raise RequestValidationError([error]) from None


def _combine(request: Request, name: str) -> str:
    """Return the values of the header as one list (RFC 9110, section 5.3)."""
    return ", ".join(request.headers.getlist(name))
