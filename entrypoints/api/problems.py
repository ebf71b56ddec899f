"""Problem details for HTTP APIs (RFC 9457): the body of errors the tutorial never sent."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from pydantic import BaseModel, Field
from starlette.types import Scope

from entrypoints.api.json_response import JsonResponse

MEDIA_TYPE = "application/problem+json"

TITLES = {HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "Content Too Large"}
"""Phrases that RFC 9110 changed and Python's standard library not in every version."""


class Problem(BaseModel):
    """A problem; ``title`` is the status's standard phrase, ``detail`` says what to do about it."""

    type: str = Field(examples=["about:blank"])
    title: str
    status: int
    detail: str
    instance: str = Field(description="The path of the request.")


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
    """Return the problem with the request that ``scope`` tells of, as a response."""
    instance = scope["raw_path"].decode("latin-1")
    body = Problem(
        type="about:blank", title=title(status), status=status, detail=detail, instance=instance
    )
    content = body.model_dump()
    if errors:
        content["errors"] = [dict(error) for error in errors]
    return JsonResponse(content, status_code=status, headers=headers, media_type=MEDIA_TYPE)
