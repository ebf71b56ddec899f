"""The answers a route may give besides its own, for the OpenAPI document."""

from http import HTTPStatus
from typing import Any

from pydantic import BaseModel, Field

from entrypoints.api.problems import MEDIA_TYPE, Problem, title

Answers = dict[int | str, dict[str, Any]]


class Detail(BaseModel):
    """An error in one sentence."""

    detail: str


class Invalid(BaseModel):
    """One thing that is wrong with a request; ``loc`` is the way to it."""

    type: str = Field(examples=["string_blank"])
    loc: list[str | int] = Field(examples=[["body", "name"]])
    msg: str = Field(examples=["String should not be blank"])


class Invalids(BaseModel):
    """Everything that is wrong with a request."""

    detail: list[Invalid]


def answers(*statuses: HTTPStatus) -> Answers:
    """Return the documentation of these answers and of those that any route may give."""
    return {int(status): _ANSWERS[status] for status in sorted({*statuses, *_ANY_ROUTE})}


def _detail(description: str, example: str) -> dict[str, Any]:
    content = {"application/json": {"example": {"detail": example}}}
    return {"description": description, "model": Detail, "content": content}


def _problem(status: HTTPStatus, description: str, example: str) -> dict[str, Any]:
    body = {
        "type": "about:blank",
        "title": title(status),
        "status": int(status),
        "detail": example,
        "instance": "/",
    }
    content = {MEDIA_TYPE: {"schema": Problem.model_json_schema(), "example": body}}
    return {"description": description, "content": content}


_ANSWERS: dict[HTTPStatus, dict[str, Any]] = {
    HTTPStatus.BAD_REQUEST: _detail(
        "The body is not text in an encoding of JSON, or nested too deep.",
        "There was an error parsing the body",
    ),
    HTTPStatus.NOT_FOUND: _detail("There is none with this id.", "Not found"),
    HTTPStatus.CONFLICT: _problem(
        HTTPStatus.CONFLICT,
        "A request with the same key is under way.",
        "A request with this Idempotency-Key is still under way. Try again later.",
    ),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: _problem(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "The body is too large.",
        "A body may have at most 65536 bytes.",
    ),
    HTTPStatus.UNPROCESSABLE_ENTITY: {
        "description": "The request does not validate.",
        "model": Invalids,
    },
    HTTPStatus.SERVICE_UNAVAILABLE: _problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "The database is away, busy or full.",
        "The database can't do this now. Try again later.",
    )
    | {
        "headers": {
            "Retry-After": {
                "description": "Seconds until it is worth asking again.",
                "schema": {"type": "integer"},
                "example": 1,
            }
        }
    },
}

_ANY_ROUTE = {
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.SERVICE_UNAVAILABLE,
}
