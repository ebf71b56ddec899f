"""From errors to responses: the one table, for whatever entity they are about.

What the tutorial answered too keeps its body, unless the client prefers problems. No answer here
carries a rejected value: it may be a secret.
"""

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Scope

from domain.errors import InvalidEntity, InvalidQuery, NotFound, OperationFailed, StaleVersion
from entrypoints.http.accept import VARY, prefers
from entrypoints.http.entity_tags import entity_tag
from entrypoints.http.idempotency import NAME as IDEMPOTENCY_KEY
from entrypoints.http.json_response import JsonResponse
from entrypoints.http.problems import MEDIA_TYPE, error_detail, pointer, problem
from entrypoints.http.routing import method_not_allowed
from service_layer.errors import OutcomeUnknown, StoreConflict, StoreUnavailable
from service_layer.idempotency import KeyInProgress, KeyReused

RETRY_AFTER = "1"
"""Seconds (RFC 9110, section 10.2.3) until a client should ask an unavailable store again."""

NAMES = {"after": "cursor"}
"""What parameters are called that the domain calls otherwise."""

INVALID = "The request is invalid. The errors say what is wrong, and where."

STALE = "The resource has changed. Fetch it again."
CONFLICT = "The request conflicts with existing data."
UNAVAILABLE = "The database is temporarily unavailable. Try again later."
OUTCOME_UNKNOWN = "The outcome is unknown: check before you retry."
FAILED = "One of the operations failed. Nothing was changed."

log = logging.getLogger(__name__)


def install_error_handlers(app: FastAPI) -> None:
    """Make the app answer every error by this table."""
    app.exception_handler(NotFound)(not_found)
    app.exception_handler(StaleVersion)(stale_version)
    app.exception_handler(InvalidEntity)(invalid_entity)
    app.exception_handler(OperationFailed)(operation_failed)
    app.exception_handler(InvalidQuery)(invalid_query)
    app.exception_handler(RequestValidationError)(invalid_request)
    app.exception_handler(HTTPStatus.BAD_REQUEST)(unreadable_body)
    app.exception_handler(HTTPStatus.METHOD_NOT_ALLOWED)(method_not_allowed)
    app.exception_handler(HTTPException)(http_exception)
    app.exception_handler(StoreUnavailable)(store_unavailable)
    app.exception_handler(StoreConflict)(store_conflict)
    app.exception_handler(KeyReused)(key_reused)
    app.exception_handler(KeyInProgress)(key_in_progress)
    app.exception_handler(Exception)(internal_server_error)


async def not_found(request: Request, error: NotFound) -> Response:
    """Answer 404 in one sentence."""
    return _detail(HTTPStatus.NOT_FOUND, str(error), request.scope)


async def stale_version(request: Request, error: StaleVersion) -> Response:
    """Answer 412 with the tag of what there is (RFC 9110, section 15.5.13)."""
    headers = {"ETag": entity_tag(error.current)}
    return problem(HTTPStatus.PRECONDITION_FAILED, STALE, request.scope, headers)


async def invalid_entity(request: Request, error: InvalidEntity) -> Response:
    """Answer 422 for each broken rule. Entities are made from bodies, so that is where it is."""
    found = [(v.code, ("body", v.field), v.message) for v in error.violations]
    return _invalid(found, request.scope)


async def operation_failed(request: Request, error: OperationFailed) -> Response:
    """Answer for the operation as for a request of its own, and say which one it is."""
    cause = error.cause
    if isinstance(cause, InvalidEntity):
        found = [(v.code, ("body", *error.loc, v.field), v.message) for v in cause.violations]
        return _invalid(found, request.scope)
    status = HTTPStatus.NOT_FOUND if isinstance(cause, NotFound) else HTTPStatus.PRECONDITION_FAILED
    errors = [{"detail": str(cause), "pointer": pointer(error.loc)}]
    return problem(status, FAILED, request.scope, errors=errors)


async def invalid_query(request: Request, error: InvalidQuery) -> Response:
    """Answer 422 for each parameter that makes no part of a query."""
    found = [(v.code, ("query", NAMES.get(v.field, v.field)), v.message) for v in error.violations]
    return _invalid(found, request.scope)


async def invalid_request(request: Request, error: RequestValidationError) -> Response:
    """Answer 422 for each part of the request that is not of its type or out of its bounds."""
    return _invalid([(e["type"], e["loc"], e["msg"]) for e in error.errors()], request.scope)


async def unreadable_body(request: Request, error: HTTPException) -> Response:
    """Tell a number with too many digits, which Python refuses to read, from a broken body."""
    cause = error.__cause__
    if isinstance(cause, ValueError) and not isinstance(cause, UnicodeError):
        message = "Unable to read a number that has too many digits"
        return _invalid([("int_parsing_size", ("body",), message)], request.scope)
    return _detail(error.status_code, error.detail, request.scope)


async def http_exception(request: Request, error: HTTPException) -> Response:
    """Answer as the tutorial does what it did answer, such as 404 for an unknown path."""
    return _detail(error.status_code, error.detail, request.scope)


async def store_unavailable(request: Request, error: StoreUnavailable) -> Response:
    """Answer 503 at once; never try again here, for the request may have been carried out."""
    log.warning("%s %r: %s", request.method, request.url.path, error)
    detail = OUTCOME_UNKNOWN if isinstance(error, OutcomeUnknown) else UNAVAILABLE
    headers = {"Retry-After": RETRY_AFTER}
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, detail, request.scope, headers)


async def store_conflict(request: Request, _: StoreConflict) -> Response:
    """Answer 409: what is there already stands in the way."""
    return problem(HTTPStatus.CONFLICT, CONFLICT, request.scope)


async def key_reused(request: Request, _: KeyReused) -> Response:
    """Answer 422: whoever sent the key before has asked for something else."""
    message = "Key was sent with another request before"
    found = [("idempotency_key_reused", ("header", IDEMPOTENCY_KEY), message)]
    return _invalid(found, request.scope)


async def key_in_progress(request: Request, _: KeyInProgress) -> Response:
    """Answer 409: the request that came first with the key has the answer to come."""
    detail = "A request with this Idempotency-Key is still in progress. Try again later."
    return problem(HTTPStatus.CONFLICT, detail, request.scope)


async def internal_server_error(request: Request, _: Exception) -> Response:
    """Answer 500 for a bug. Starlette raises the error on, so that it is logged."""
    detail = "Internal server error."
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, detail, request.scope)


def _detail(status: int, detail: str, scope: Scope) -> Response:
    return _preferred(scope, status, {"detail": detail}, detail)


def _invalid(found: Sequence[tuple[str, Sequence[Any], str]], scope: Scope) -> Response:
    """Answer 422 for each type, location and message."""
    body = {"detail": [{"type": type_, "loc": list(loc), "msg": msg} for type_, loc, msg in found]}
    errors = [error_detail(*one) for one in found]
    return _preferred(scope, HTTPStatus.UNPROCESSABLE_ENTITY, body, INVALID, errors)


def _preferred(
    scope: Scope,
    status: int,
    tutorials: Mapping[str, Any],
    detail: str,
    errors: Sequence[Mapping[str, str]] = (),
) -> Response:
    """Return the tutorial's body or a problem, whichever the client prefers."""
    if prefers(scope, MEDIA_TYPE, to=JsonResponse.media_type):
        return problem(HTTPStatus(status), detail, scope, VARY, errors=errors)
    return JsonResponse(tutorials, status_code=status, headers=VARY)
