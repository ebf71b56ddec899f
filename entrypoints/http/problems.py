"""Problem details for HTTP APIs (RFC 9457).

A problem's ``errors`` say where in the request something is wrong (section 3).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field
from starlette.types import Scope

from entrypoints.http.field_types import without_defaults
from entrypoints.http.json_response import JsonResponse

MEDIA_TYPE = "application/problem+json"

WHOLE_BODY = ""
"""The pointer to all of the body (RFC 6901, section 5)."""

TITLES = {
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "Content Too Large",
    HTTPStatus.UNPROCESSABLE_ENTITY: "Unprocessable Content",
}
"""Phrases that RFC 9110 changed and Python's standard library not in every version."""

IN_A_PATH = "/%:@!$&'()*+,;="
"""What else than letters, digits and ``-._~`` a path may hold (RFC 3986, section 3.3)."""

BARE_PERCENT = re.compile(rb"%(?![0-9A-Fa-f]{2})")


class ErrorDetail(BaseModel):
    """One thing that is wrong: in the body where ``pointer`` leads to, or in a parameter."""

    model_config = ConfigDict(json_schema_extra=without_defaults)

    detail: str = Field(examples=["String should not be blank"])
    pointer: str = Field(
        default="", description="A JSON Pointer into the body (RFC 6901).", examples=["/name"]
    )
    parameter: str = Field(default="", description="The parameter's name.", examples=["limit"])


class Problem(BaseModel):
    """A problem; ``title`` is the status's standard phrase, ``detail`` says what to do about it."""

    model_config = ConfigDict(json_schema_extra=without_defaults)

    type: str = Field(examples=["about:blank"])
    title: str
    status: int
    detail: str
    instance: str = Field(description="The path of the request.")
    errors: list[ErrorDetail] = Field(default=[], description="What is wrong, one by one.")


def title(status: HTTPStatus) -> str:
    """Return the status's phrase in RFC 9110."""
    return TITLES.get(status, status.phrase)


def problem(
    status: HTTPStatus,
    detail: str,
    scope: Scope,
    headers: Mapping[str, str] | None = None,
    *,
    errors: Sequence[Mapping[str, str]] = (),
) -> JsonResponse:
    """Return the problem with the request that ``scope`` tells of, as a response.

    Each of the ``errors`` has the members of a ``ErrorDetail``.
    """
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": title(status),
        "status": int(status),
        "detail": detail,
        "instance": _reference(scope["raw_path"]),
    }
    if errors:
        body["errors"] = [dict(error) for error in errors]
    return JsonResponse(body, status_code=status, headers=headers, media_type=MEDIA_TYPE)


def pointer(path: Iterable[str | int]) -> str:
    """Return the JSON Pointer to what the names and positions lead to (RFC 6901)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def error_detail(type_: str, loc: Sequence[Any], message: str) -> Mapping[str, str]:
    """Return a validation error as pydantic and the domain word it, as a problem does.

    ``loc`` begins with the part of the request it is about. A body that is no JSON has no inside to
    point into: its ``loc`` is where in the text the parser stopped.
    """
    part, *path = loc
    if part != "body":
        return {"detail": message, "parameter": ".".join(map(str, path))}
    if type_ == "json_invalid":
        position = ", ".join(map(str, path))
        return {"detail": f"{message} at position {position}", "pointer": WHOLE_BODY}
    return {"detail": message, "pointer": pointer(path)}


def _reference(path: bytes) -> str:
    """Return a path as a URI reference (RFC 3986, section 4.2), whatever a client made of it.

    What starts with two slashes would be another host.
    """
    escaped = quote(BARE_PERCENT.sub(b"%25", path), safe=IN_A_PATH)
    return "/." + escaped if escaped.startswith("//") else escaped
