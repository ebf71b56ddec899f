"""The OpenAPI documentation of error responses and of common response headers."""

from http import HTTPStatus
from typing import Any

from fastapi.openapi.constants import REF_TEMPLATE
from pydantic import BaseModel, ConfigDict, Field

from entrypoints.http.accept import VARY
from entrypoints.http.entity_tags import HEADER
from entrypoints.http.error_handlers import (
    CONFLICT,
    FAILED,
    INVALID,
    MISSING_SCOPE,
    NOT_AUTHENTICATED,
    STALE,
    UNAVAILABLE,
    challenge,
)
from entrypoints.http.field_types import remove_defaults
from entrypoints.http.middleware.content_coding import UNSUPPORTED
from entrypoints.http.middleware.rate_limit import TOO_MANY
from entrypoints.http.problems import MEDIA_TYPE, OMITTED, Problem, title

Responses = dict[int | str, dict[str, Any]]

ETAG_HEADER = {"ETag": HEADER}


class Detail(BaseModel):
    """An error as one sentence."""

    detail: str


class ValidationError(BaseModel):
    """A validation error. ``loc`` is the path to the invalid value."""

    type: str = Field(examples=["string_blank"])
    loc: list[str | int] = Field(examples=[["body", "name"]])
    msg: str = Field(examples=["String should not be blank"])


class HTTPValidationError(BaseModel):
    """The first 100 validation errors of a request."""

    model_config = ConfigDict(json_schema_extra=remove_defaults)

    detail: list[ValidationError]
    omitted: int = Field(default=0, description=OMITTED, examples=[17])


def error_responses(*statuses: int) -> Responses:
    """Return the documentation of these statuses and of those that every route may return."""
    return {status: _RESPONSES[HTTPStatus(status)] for status in sorted({*statuses, *_EVERY_ROUTE})}


def _document_detail(status: HTTPStatus, description: str, example: str) -> dict[str, Any]:
    body = {"detail": example}
    return _document_negotiated(status, description, Detail, body, body)


def _document_negotiated(
    status: HTTPStatus,
    description: str,
    model: type[BaseModel],
    example: dict[str, Any],
    problem_example: dict[str, Any],
) -> dict[str, Any]:
    """Document a response in two media types: JSON, or a problem if the client prefers it."""
    content = {
        "application/json": {"example": example},
        MEDIA_TYPE: _document_problem_body(status, problem_example),
    }
    return {"description": description, "model": model, "headers": VARY_HEADER, "content": content}


def _document_problem(status: HTTPStatus, description: str, example: str) -> dict[str, Any]:
    content = {MEDIA_TYPE: _document_problem_body(status, {"detail": example})}
    return {"description": description, "content": content}


def _document_failed_operation(
    status: HTTPStatus, description: str, example: str
) -> dict[str, Any]:
    errors = [{"detail": example, "pointer": "/update/3"}]
    content = {MEDIA_TYPE: _document_problem_body(status, {"detail": FAILED, "errors": errors})}
    return {"description": description, "content": content}


def _document_problem_body(status: HTTPStatus, example: dict[str, Any]) -> dict[str, Any]:
    body = {
        "type": "about:blank",
        "title": title(status),
        "status": int(status),
        "detail": "",
        "instance": "/",
    }
    return {"schema": PROBLEM, "example": body | example}


def _document_challenge(example: str) -> dict[str, Any]:
    return {
        "WWW-Authenticate": {
            "description": "The authentication scheme, and the scope that is missing (RFC 6750).",
            "required": True,
            "schema": {"type": "string"},
            "example": example,
        }
    }


PROBLEM = {"$ref": REF_TEMPLATE.format(model=Problem.__name__)}

RETRY_AFTER_HEADER = {
    "Retry-After": {
        "description": "Seconds to wait before the next attempt.",
        "required": True,
        "schema": {"type": "integer"},
        "example": 1,
    }
}

RATE_LIMIT_HEADERS = {
    "RateLimit-Policy": {
        "description": (
            "The quota: `q` requests in `w` seconds (draft-ietf-httpapi-ratelimit-headers)."
            " Every response has it if the rate is limited."
        ),
        "schema": {"type": "string"},
        "example": '"default";q=600;w=60',
    },
    "RateLimit": {
        "description": (
            "What is left of the quota: `r` requests in the next `t` seconds. Every response has it"
            " if the rate is limited."
        ),
        "schema": {"type": "string"},
        "example": '"default";r=0;t=1',
    },
}

VARY_HEADER = {
    "Vary": {
        "description": "The request header that selects the media type.",
        "schema": {"type": "string"},
        "example": VARY["Vary"],
    }
}

SCOPE = "<service>:write"

BLANK = "String should not be blank"

_RESPONSES: dict[HTTPStatus, dict[str, Any]] = {
    HTTPStatus.OK: {"headers": ETAG_HEADER},
    HTTPStatus.NOT_MODIFIED: {
        "description": "The client has the current version.",
        "headers": ETAG_HEADER,
    },
    HTTPStatus.BAD_REQUEST: _document_detail(
        HTTPStatus.BAD_REQUEST,
        "The body is not text in a Unicode encoding, or its JSON is nested too deeply.",
        "There was an error parsing the body",
    ),
    HTTPStatus.UNAUTHORIZED: _document_problem(
        HTTPStatus.UNAUTHORIZED,
        "The request has no valid credential.",
        NOT_AUTHENTICATED,
    )
    | {"headers": _document_challenge("Bearer")},
    HTTPStatus.FORBIDDEN: _document_problem(
        HTTPStatus.FORBIDDEN,
        "The credential is valid, but does not have the scope that the request needs.",
        MISSING_SCOPE.format(scope=SCOPE),
    )
    | {"headers": _document_challenge(challenge(SCOPE))},
    HTTPStatus.NOT_FOUND: _document_detail(
        HTTPStatus.NOT_FOUND, "The resource does not exist.", "Not found"
    ),
    HTTPStatus.CONFLICT: _document_problem(
        HTTPStatus.CONFLICT,
        "The request conflicts with existing data or with a rule of the database, or a request with"
        " the same key is in progress.",
        CONFLICT,
    ),
    HTTPStatus.PRECONDITION_FAILED: _document_problem(
        HTTPStatus.PRECONDITION_FAILED,
        "The current entity tag does not match the precondition.",
        STALE,
    )
    | {"headers": ETAG_HEADER},
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: _document_problem(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "The body is too large.",
        "A body may have at most 65536 bytes.",
    ),
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: _document_problem(
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        "The body has a content coding, such as `gzip`.",
        UNSUPPORTED,
    )
    | {
        "headers": {
            "Accept-Encoding": {
                "description": "The supported content codings: none (RFC 9110).",
                "required": True,
                "schema": {"type": "string"},
                "example": "identity",
            }
        }
    },
    HTTPStatus.UNPROCESSABLE_ENTITY: _document_negotiated(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "The request is invalid.",
        HTTPValidationError,
        {"detail": [{"type": "string_blank", "loc": ["body", "name"], "msg": BLANK}]},
        {"detail": INVALID, "errors": [{"detail": BLANK, "pointer": "/name"}]},
    ),
    HTTPStatus.TOO_MANY_REQUESTS: _document_problem(
        HTTPStatus.TOO_MANY_REQUESTS,
        "The client has sent too many requests, or too many of its idempotency keys are stored.",
        TOO_MANY,
    )
    | {"headers": RETRY_AFTER_HEADER | RATE_LIMIT_HEADERS},
    HTTPStatus.SERVICE_UNAVAILABLE: _document_problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "The database is unavailable, busy or full, the request took too long, too many idempotency"
        " keys are stored, or the service is read-only.",
        UNAVAILABLE,
    )
    | {"headers": RETRY_AFTER_HEADER},
}

CREATED: Responses = {
    int(HTTPStatus.OK): {
        "headers": ETAG_HEADER
        | {
            "Location": {
                "description": "The path of the created resource.",
                "required": True,
                "schema": {"type": "string"},
                "example": "/1",
            }
        }
    }
}
"""The response headers of a route that creates a resource."""

FAILED_OPERATION: Responses = {
    int(HTTPStatus.NOT_FOUND): _document_failed_operation(
        HTTPStatus.NOT_FOUND, "The resource of an operation does not exist.", "Not found"
    ),
    int(HTTPStatus.PRECONDITION_FAILED): _document_failed_operation(
        HTTPStatus.PRECONDITION_FAILED,
        "The precondition of an operation does not match.",
        "The version does not match the precondition",
    ),
}
"""The responses to a batch with a failed operation. ``errors`` has a pointer to it."""

_EVERY_ROUTE = {
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.SERVICE_UNAVAILABLE,
}
