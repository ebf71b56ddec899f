"""Problem details for HTTP APIs (RFC 9457).

The extension member ``errors`` lists the errors of a request with their locations (section 3).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field
from starlette.types import Scope

from entrypoints.http.browsers.security_headers import SECURITY_HEADERS
from entrypoints.http.field_types import Int64, remove_defaults
from entrypoints.http.json_response import NO_STORE, JsonResponse
from entrypoints.http.paths import raw_path

MEDIA_TYPE = "application/problem+json"

WHOLE_BODY = ""
"""The JSON Pointer to the whole body (RFC 6901, section 5)."""

TITLES: Mapping[int, str] = {
    **{status: status.phrase for status in HTTPStatus},
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "Content Too Large",
    HTTPStatus.REQUEST_URI_TOO_LONG: "URI Too Long",
    HTTPStatus.UNPROCESSABLE_ENTITY: "Unprocessable Content",
}
"""Reason phrases of RFC 9110. Older versions of Python have older phrases for three of them."""

PATH_SAFE = "/%:@!$&'()*+,;="
"""Characters of a path besides letters, digits and ``-._~`` (RFC 3986, section 3.3)."""

_HEADERS = {**SECURITY_HEADERS, **NO_STORE}

BARE_PERCENT = re.compile(rb"%(?![0-9A-Fa-f]{2})")


MAX_ERRORS = 100
"""Maximum number of errors in a response, so that a small request cannot cause a large one."""

OMITTED = "The number of further errors, if there are more than 100."


class ErrorDetail(BaseModel):
    """An error in the body, at ``pointer``, or in a parameter."""

    model_config = ConfigDict(json_schema_extra=remove_defaults)

    detail: str = Field(examples=["String should not be blank"])
    pointer: str = Field(
        default="", description="A JSON Pointer into the body (RFC 6901).", examples=["/name"]
    )
    parameter: str = Field(
        default="", description="The name of a parameter or header.", examples=["limit"]
    )


class Problem(BaseModel):
    """Problem details (RFC 9457). ``title`` is the reason phrase of ``status``."""

    model_config = ConfigDict(json_schema_extra=remove_defaults)

    type: str = Field(examples=["about:blank"])
    title: str
    status: int
    detail: str
    instance: str = Field(description="The path of the request.")
    errors: list[ErrorDetail] = Field(
        default=[], max_length=MAX_ERRORS, description="The individual errors."
    )
    omitted: Int64 = Field(default=0, description=OMITTED, examples=[17])


def title(status: int) -> str:
    """Return the reason phrase of the status (RFC 9110), or nothing for an unknown status."""
    return TITLES.get(status, "")


def problem(
    status: int,
    detail: str,
    scope: Scope,
    headers: Mapping[str, str] | None = None,
    *,
    members: Mapping[str, Any] = MappingProxyType({}),
) -> JsonResponse:
    """Return a problem details response for the request with this ASGI ``scope``.

    ``members`` are those of ``Problem`` that RFC 9457 does not define. The response has the
    security headers, because the server sends problems without the application.
    """
    body = {
        "type": "about:blank",
        "title": title(status),
        "status": int(status),
        "detail": detail,
        "instance": _encode_path(raw_path(scope)),
        **members,
    }
    fields = {**_HEADERS, **(headers or {})}
    return JsonResponse(body, status_code=status, headers=fields, media_type=MEDIA_TYPE)


def encode_pointer(path: Iterable[str | int]) -> str:
    """Return the JSON Pointer for a path of member names and array indexes (RFC 6901)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def error_detail(type_: str, loc: Sequence[Any], message: str) -> Mapping[str, str]:
    """Return a validation error as a member of a problem's ``errors``.

    ``loc`` begins with the part of the request, such as ``body`` or ``query``. If the body is not
    JSON, the rest of ``loc`` is the position in the text at which the parser stopped.
    """
    part, *path = loc
    if part != "body":
        return {"detail": message, "parameter": ".".join(map(str, path))}
    if type_ == "json_invalid":
        position = ", ".join(map(str, path))
        return {"detail": f"{message} at position {position}", "pointer": WHOLE_BODY}
    return {"detail": message, "pointer": encode_pointer(path)}


def _encode_path(path: bytes) -> str:
    """Return any path, even an invalid one, as a URI reference (RFC 3986, section 4.2).

    A path that starts with two slashes gets a prefix: it would be read as a host.
    """
    escaped = quote(BARE_PERCENT.sub(b"%25", path), safe=PATH_SAFE)
    return "/." + escaped if escaped.startswith("//") else escaped
