"""The answers a route may give besides its own, for the OpenAPI document."""

from http import HTTPStatus
from typing import Any

from pydantic import BaseModel, Field

from entrypoints.api.problems import MEDIA_TYPE, Problem

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


def _problem(description: str) -> dict[str, Any]:
    content = {MEDIA_TYPE: {"schema": Problem.model_json_schema()}}
    return {"description": description, "content": content}


_ANSWERS: dict[HTTPStatus, dict[str, Any]] = {
    HTTPStatus.BAD_REQUEST: {
        "description": "The body is not text in an encoding of JSON, or nested too deep.",
        "model": Detail,
    },
    HTTPStatus.NOT_FOUND: {"description": "There is none with this id.", "model": Detail},
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: _problem("The body is too large."),
    HTTPStatus.UNPROCESSABLE_ENTITY: {
        "description": "The request does not validate.",
        "model": Invalids,
    },
    HTTPStatus.SERVICE_UNAVAILABLE: _problem("The database is away, busy or full.")
    | {
        "headers": {
            "Retry-After": {
                "description": "Seconds until it is worth asking again.",
                "schema": {"type": "integer"},
            }
        }
    },
}

_ANY_ROUTE = {
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.SERVICE_UNAVAILABLE,
}
