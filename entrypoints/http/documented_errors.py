"""The responses a route may give besides its own, for the OpenAPI document."""

from http import HTTPStatus
from typing import Any

from fastapi.openapi.constants import REF_TEMPLATE
from pydantic import BaseModel, Field

from entrypoints.http.accept import VARY
from entrypoints.http.entity_tags import HEADER
from entrypoints.http.error_handlers import CONFLICT, FAILED, INVALID, STALE, UNAVAILABLE
from entrypoints.http.problems import MEDIA_TYPE, Problem, title

Responses = dict[int | str, dict[str, Any]]

ETAG = {"ETag": HEADER}


class Detail(BaseModel):
    """An error in one sentence."""

    detail: str


class ValidationError(BaseModel):
    """One thing that is wrong with a request; ``loc`` is the path to it."""

    type: str = Field(examples=["string_blank"])
    loc: list[str | int] = Field(examples=[["body", "name"]])
    msg: str = Field(examples=["String should not be blank"])


class HTTPValidationError(BaseModel):
    """Everything that is wrong with a request."""

    detail: list[ValidationError]


def error_responses(*statuses: int) -> Responses:
    """Return the documentation of these responses and of those that any route may give."""
    return {status: _RESPONSES[HTTPStatus(status)] for status in sorted({*statuses, *_ANY_ROUTE})}


def _detail(status: HTTPStatus, description: str, example: str) -> dict[str, Any]:
    said = {"detail": example}
    return _either(status, description, Detail, said, said)


def _either(
    status: HTTPStatus,
    description: str,
    model: type[BaseModel],
    example: dict[str, Any],
    problem_example: dict[str, Any],
) -> dict[str, Any]:
    """Return an answer that is the tutorial's, or a problem for a client that prefers one."""
    content = {
        "application/json": {"example": example},
        MEDIA_TYPE: _problem_content(status, problem_example),
    }
    return {"description": description, "model": model, "headers": VARIES, "content": content}


def _problem(status: HTTPStatus, description: str, example: str) -> dict[str, Any]:
    content = {MEDIA_TYPE: _problem_content(status, {"detail": example})}
    return {"description": description, "content": content}


def _failed_operation(status: HTTPStatus, description: str, example: str) -> dict[str, Any]:
    errors = [{"detail": example, "pointer": "/update/3"}]
    content = {MEDIA_TYPE: _problem_content(status, {"detail": FAILED, "errors": errors})}
    return {"description": description, "content": content}


def _problem_content(status: HTTPStatus, example: dict[str, Any]) -> dict[str, Any]:
    body = {
        "type": "about:blank",
        "title": title(status),
        "status": int(status),
        "detail": "",
        "instance": "/",
    }
    return {"schema": PROBLEM, "example": body | example}


PROBLEM = {"$ref": REF_TEMPLATE.format(model=Problem.__name__)}

VARIES = {
    "Vary": {
        "description": "The header of the request that chose the media type.",
        "schema": {"type": "string"},
        "example": VARY["Vary"],
    }
}

BLANK = "String should not be blank"

_RESPONSES: dict[HTTPStatus, dict[str, Any]] = {
    HTTPStatus.OK: {"headers": ETAG},
    HTTPStatus.NOT_MODIFIED: {"description": "The client has it already.", "headers": ETAG},
    HTTPStatus.BAD_REQUEST: _detail(
        HTTPStatus.BAD_REQUEST,
        "The body is not text in an encoding of JSON, or nested too deep.",
        "There was an error parsing the body",
    ),
    HTTPStatus.NOT_FOUND: _detail(HTTPStatus.NOT_FOUND, "There is none with this id.", "Not found"),
    HTTPStatus.CONFLICT: _problem(
        HTTPStatus.CONFLICT,
        "The request conflicts with existing data, or a request with the same key is in progress.",
        CONFLICT,
    ),
    HTTPStatus.PRECONDITION_FAILED: _problem(
        HTTPStatus.PRECONDITION_FAILED, "It is not in a version that the request asks for.", STALE
    )
    | {"headers": ETAG},
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: _problem(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "The body is too large.",
        "A body may have at most 65536 bytes.",
    ),
    HTTPStatus.UNPROCESSABLE_ENTITY: _either(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "The request does not validate.",
        HTTPValidationError,
        {"detail": [{"type": "string_blank", "loc": ["body", "name"], "msg": BLANK}]},
        {"detail": INVALID, "errors": [{"detail": BLANK, "pointer": "/name"}]},
    ),
    HTTPStatus.SERVICE_UNAVAILABLE: _problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "The database is away, busy or full.",
        UNAVAILABLE,
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

CREATED: Responses = {
    int(HTTPStatus.OK): {
        "headers": ETAG
        | {
            "Location": {
                "description": "The path of what was made.",
                "required": True,
                "schema": {"type": "string"},
                "example": "/1",
            }
        }
    }
}
"""What a route that makes something adds to its answer."""

FAILED_OPERATION: Responses = {
    int(HTTPStatus.NOT_FOUND): _failed_operation(
        HTTPStatus.NOT_FOUND, "There is none with the id of an operation.", "Not found"
    ),
    int(HTTPStatus.PRECONDITION_FAILED): _failed_operation(
        HTTPStatus.PRECONDITION_FAILED,
        "One is not in the version that an operation asks for.",
        "The version does not match the precondition",
    ),
}
"""How a batch is refused for one of its operations. The ``errors`` of the problem say which."""

_ANY_ROUTE = {
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.SERVICE_UNAVAILABLE,
}
