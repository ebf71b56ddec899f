"""The OpenAPI documentation of error responses and of common response headers."""

from http import HTTPStatus
from typing import Any

from domain.errors import StaleVersion
from entrypoints.http.compiled.json_nesting import MAX_DEPTH
from entrypoints.http.description.error_bodies import (
    MALFORMED,
    HTTPValidationError,
    document_detail,
    document_negotiated,
    document_problem,
)
from entrypoints.http.description.examples import PARAMETER, PARAMETER_IN, PATH, SCOPE
from entrypoints.http.entity_tags import HEADER, entity_tag
from entrypoints.http.error_handlers import (
    CONFLICT,
    FAILED,
    INTERNAL_ERROR,
    INVALID,
    MISSING_SCOPE,
    NOT_AUTHENTICATED,
    STALE,
    UNAVAILABLE,
    challenge,
)
from entrypoints.http.middleware.content_coding import UNSUPPORTED
from entrypoints.http.middleware.rate_limit import TOO_MANY

Responses = dict[int | str, dict[str, Any]]

ETAG_HEADER = {"ETag": HEADER}

NOT_AN_INTEGER = "Input should be a valid integer, unable to parse string as an integer"


def error_responses(*statuses: int) -> Responses:
    """Return the documentation of these statuses and of those that every route may return.

    A route with a body has 400 among its statuses.
    """
    invalid = _INVALID_BODY if HTTPStatus.BAD_REQUEST in statuses else _INVALID_PARAMETER
    every_route = {**_EVERY_ROUTE, HTTPStatus.UNPROCESSABLE_ENTITY: invalid}
    own = {HTTPStatus(status): _RESPONSES[HTTPStatus(status)] for status in statuses}
    return {int(status): response for status, response in {**every_route, **own}.items()}


def not_found(detail: str) -> Responses:
    """Return the documentation of 404 for one resource, whose error is ``detail``."""
    status = HTTPStatus.NOT_FOUND
    return {int(status): document_detail(status, "The resource does not exist.", detail)}


def failed_operation(not_found: str) -> Responses:
    """Return the documentation of a batch with a failed operation.

    ``not_found`` is the error of a resource that does not exist. ``errors`` has a pointer to the
    operation.
    """
    missing, stale = HTTPStatus.NOT_FOUND, HTTPStatus.PRECONDITION_FAILED
    return {
        int(missing): document_problem(
            missing,
            "The resource of an operation does not exist.",
            FAILED,
            errors=[{"detail": not_found, "pointer": "/update/0"}],
        ),
        int(stale): document_problem(
            stale,
            "The precondition of an operation does not match.",
            FAILED,
            errors=[{"detail": str(StaleVersion(1)), "pointer": "/update/0"}],
        ),
    }


def _document_challenge(example: str) -> dict[str, Any]:
    return {
        "WWW-Authenticate": {
            "description": "The authentication scheme, and the scope that is missing (RFC 6750).",
            "required": True,
            "schema": {"type": "string"},
            "example": example,
        }
    }


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

ACCEPT_ENCODING_HEADER = {
    "Accept-Encoding": {
        "description": "The supported content codings: none (RFC 9110).",
        "required": True,
        "schema": {"type": "string"},
        "example": "identity",
    }
}

_RESPONSES: dict[HTTPStatus, dict[str, Any]] = {
    HTTPStatus.OK: {"headers": ETAG_HEADER},
    HTTPStatus.NOT_MODIFIED: {
        "description": "The client has the current version.",
        "headers": ETAG_HEADER,
    },
    HTTPStatus.BAD_REQUEST: document_detail(
        HTTPStatus.BAD_REQUEST,
        f"The body is not text in a Unicode encoding, or its JSON is nested more than {MAX_DEPTH}"
        " deep. For malformed HTTP, and for a request that did not arrive in time, it is always a"
        " problem.",
        "There was an error parsing the body",
    ),
    HTTPStatus.CONFLICT: document_problem(
        HTTPStatus.CONFLICT,
        "The request conflicts with existing data or with a rule of the database, or a request with"
        " the same key is in progress.",
        CONFLICT,
    ),
    HTTPStatus.PRECONDITION_FAILED: document_problem(
        HTTPStatus.PRECONDITION_FAILED,
        "The current entity tag does not match the precondition.",
        STALE,
        {"ETag": {**HEADER, "example": entity_tag(2)}},
    ),
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: document_problem(
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        "The body has a content coding, such as `gzip`.",
        UNSUPPORTED,
        ACCEPT_ENCODING_HEADER,
    ),
}

_INVALID_BODY = document_negotiated(
    HTTPStatus.UNPROCESSABLE_ENTITY,
    "The request is invalid.",
    HTTPValidationError,
    {"detail": [{"type": "missing", "loc": ["body"], "msg": "Field required"}]},
    {"detail": INVALID, "errors": [{"detail": "Field required", "pointer": ""}]},
)

_INVALID_PARAMETER = document_negotiated(
    HTTPStatus.UNPROCESSABLE_ENTITY,
    "The request is invalid.",
    HTTPValidationError,
    {"detail": [{"type": "int_parsing", "loc": [PARAMETER_IN, PARAMETER], "msg": NOT_AN_INTEGER}]},
    {"detail": INVALID, "errors": [{"detail": NOT_AN_INTEGER, "parameter": PARAMETER}]},
)

_EVERY_ROUTE: dict[HTTPStatus, dict[str, Any]] = {
    HTTPStatus.BAD_REQUEST: MALFORMED,
    HTTPStatus.UNAUTHORIZED: document_problem(
        HTTPStatus.UNAUTHORIZED,
        "The request has no valid credential.",
        NOT_AUTHENTICATED,
        _document_challenge("Bearer"),
    ),
    HTTPStatus.FORBIDDEN: document_problem(
        HTTPStatus.FORBIDDEN,
        "The credential is valid, but does not have the scope that the request needs.",
        MISSING_SCOPE.format(scope=SCOPE),
        _document_challenge(challenge(SCOPE)),
    ),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: document_problem(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "The body is too large.",
        "A body may have at most 65536 bytes.",
    ),
    HTTPStatus.REQUEST_URI_TOO_LONG: document_problem(
        HTTPStatus.REQUEST_URI_TOO_LONG,
        "The target of the request is too long.",
        "A request target may have at most 16384 bytes.",
    ),
    HTTPStatus.MISDIRECTED_REQUEST: document_problem(
        HTTPStatus.MISDIRECTED_REQUEST,
        "The host of the request is not one of this server.",
        "This server does not serve the requested host. Check the URL.",
    ),
    HTTPStatus.TOO_MANY_REQUESTS: document_problem(
        HTTPStatus.TOO_MANY_REQUESTS,
        "The client has sent too many requests, or too many of its idempotency keys are stored.",
        TOO_MANY,
        RETRY_AFTER_HEADER | RATE_LIMIT_HEADERS,
    ),
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: document_problem(
        HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
        "The request has too many header fields, or they are too long.",
        "A request head may have at most 65536 bytes.",
    ),
    HTTPStatus.INTERNAL_SERVER_ERROR: document_problem(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "A bug in the service, which has logged it.",
        INTERNAL_ERROR,
    ),
    HTTPStatus.NOT_IMPLEMENTED: document_problem(
        HTTPStatus.NOT_IMPLEMENTED,
        "The method or the transfer coding is not implemented.",
        "The only transfer coding supported is chunked.",
    ),
    HTTPStatus.SERVICE_UNAVAILABLE: document_problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "The database is unavailable, busy or full, the request took too long, too many idempotency"
        " keys are stored, or the service is overloaded, stops or is read-only.",
        UNAVAILABLE,
        RETRY_AFTER_HEADER,
    ),
    HTTPStatus.HTTP_VERSION_NOT_SUPPORTED: document_problem(
        HTTPStatus.HTTP_VERSION_NOT_SUPPORTED,
        "The HTTP version is neither 1.0 nor 1.1.",
        "This server supports HTTP/1.0 and HTTP/1.1.",
    ),
}
"""Without 422, whose example depends on the route."""

CREATED: Responses = {
    int(HTTPStatus.OK): {
        "headers": ETAG_HEADER
        | {
            "Location": {
                "description": "The path of the created resource.",
                "required": True,
                "schema": {"type": "string"},
                "example": f"{PATH}1",
            }
        }
    }
}
"""The response headers of a route that creates a resource."""
