"""Exception handlers: the one table from exceptions to responses, for any entity.

Statuses that the SQLModel tutorial's application returns too keep its bodies, unless the client
prefers problem details (RFC 9457). No response contains a rejected value, which may be a secret.
"""

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.utils import is_body_allowed_for_status_code
from pydantic_core import to_json
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Scope

from domain.errors import InvalidEntity, InvalidQuery, NotFound, OperationFailed, StaleVersion
from entrypoints.http.accept import VARY, prefers
from entrypoints.http.entity_tags import entity_tag
from entrypoints.http.header_fields import split_list
from entrypoints.http.idempotency import LOC as IDEMPOTENCY_KEY
from entrypoints.http.json_response import NO_STORE, JsonResponse
from entrypoints.http.problems import (
    MAX_ERRORS,
    MEDIA_TYPE,
    encode_pointer,
    error_detail,
    problem,
)
from entrypoints.http.routing import allowed_methods
from service_layer.authentication import AuthenticationUnavailable, NotAuthenticated
from service_layer.authorization import MissingScope
from service_layer.errors import (
    OutcomeUnknown,
    StoreConflict,
    StoreHalted,
    StoreRefused,
    StoreUnavailable,
)
from service_layer.idempotency import (
    ClientKeyLimitReached,
    KeyInProgress,
    KeyLimitReached,
    KeyReused,
)
from service_layer.stored_body import ResponseTooLarge

RETRY_AFTER = "1"
"""Seconds after which a client may retry (RFC 9110, section 10.2.3)."""

PARAMETER_NAMES = {"after": "cursor"}
"""Names of query parameters that differ from the domain's names."""

NOT_SENT_AS_JSON = "; send it with Content-Type: application/json"
"""What the message for a body adds that FastAPI has not parsed, as that of ``curl -d``."""

INVALID = "The request is invalid. See errors for details."

STALE = "The resource has changed. Fetch it again."
CONFLICT = "The request conflicts with existing data."
REFUSED = "A rule of the database does not allow this change."
UNAVAILABLE = "The database is temporarily unavailable. Try again later."
OUTCOME_UNKNOWN = "The outcome is unknown: check before you retry."
KEYS_EXHAUSTED = "No further idempotency keys can be stored at the moment. Try again later."
CLIENT_KEYS_EXHAUSTED = "Too many idempotency keys of this client are stored. Try again later."
FAILED = "One of the operations failed. Nothing was changed."
INTERNAL_ERROR = "Internal server error."
NOT_AUTHENTICATED = "Send a valid API key or token as Authorization: Bearer."
AUTHENTICATION_UNAVAILABLE = "Authentication is temporarily unavailable. Try again later."
MISSING_SCOPE = "The API key or token does not have the scope {scope}."

_NEGOTIATED = {**VARY, **NO_STORE}

log = logging.getLogger(__name__)


def install_error_handlers(app: FastAPI) -> None:
    """Register the handlers of this module with the application."""
    app.exception_handler(NotAuthenticated)(not_authenticated)
    app.exception_handler(AuthenticationUnavailable)(authentication_unavailable)
    app.exception_handler(MissingScope)(missing_scope)
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
    app.exception_handler(KeyLimitReached)(key_limit_reached)
    app.exception_handler(ClientKeyLimitReached)(client_key_limit_reached)
    app.exception_handler(ResponseTooLarge)(response_too_large)
    app.exception_handler(Exception)(internal_server_error)


async def not_authenticated(request: Request, _: NotAuthenticated) -> Response:
    """Return 401 (RFC 6750, section 3), the same response whatever is wrong with a credential."""
    headers = {"WWW-Authenticate": "Bearer"}
    return problem(HTTPStatus.UNAUTHORIZED, NOT_AUTHENTICATED, request.scope, headers)


async def authentication_unavailable(
    request: Request, error: AuthenticationUnavailable
) -> Response:
    """Return 503: the credential was neither accepted nor rejected."""
    log.warning("%s %r: %s", request.method, request.url.path, error)
    headers = {"Retry-After": RETRY_AFTER}
    status = HTTPStatus.SERVICE_UNAVAILABLE
    return problem(status, AUTHENTICATION_UNAVAILABLE, request.scope, headers)


async def missing_scope(request: Request, error: MissingScope) -> Response:
    """Return 403 with the scope that the request needs (RFC 6750, section 3.1)."""
    detail = MISSING_SCOPE.format(scope=error.scope)
    headers = {"WWW-Authenticate": challenge(error.scope)}
    return problem(HTTPStatus.FORBIDDEN, detail, request.scope, headers)


def challenge(scope: str) -> str:
    """Return the challenge for a scope that is missing."""
    return f'Bearer error="insufficient_scope", scope="{scope}"'


async def not_found(request: Request, error: NotFound) -> Response:
    """Return 404, described in one sentence."""
    return _detail_response(HTTPStatus.NOT_FOUND, str(error), request.scope)


async def stale_version(request: Request, error: StaleVersion) -> Response:
    """Return 412 with the current entity tag (RFC 9110, section 15.5.13)."""
    headers = {"ETag": entity_tag(error.current)}
    detail = error.reason or STALE
    return problem(HTTPStatus.PRECONDITION_FAILED, detail, request.scope, headers)


async def invalid_entity(request: Request, error: InvalidEntity) -> Response:
    """Return 422 with each violation. ``loc`` starts with ``body``: values come from there."""
    errors = [(v.code, ("body", v.field), v.message) for v in error.violations]
    return _validation_response(errors, request.scope)


async def operation_failed(request: Request, error: OperationFailed) -> Response:
    """Return the status that the operation would have alone, with the location of the operation."""
    cause = error.cause
    if isinstance(cause, InvalidEntity):
        invalid = [(v.code, ("body", *error.loc, v.field), v.message) for v in cause.violations]
        return _validation_response(invalid, request.scope)
    detail, status = str(cause), HTTPStatus.PRECONDITION_FAILED
    if isinstance(cause, StoreConflict):
        detail, status = _report_conflict(request, cause), HTTPStatus.CONFLICT
    elif isinstance(cause, NotFound):
        status = HTTPStatus.NOT_FOUND
    errors = [{"detail": detail, "pointer": encode_pointer(error.loc)}]
    return problem(status, FAILED, request.scope, members={"errors": errors})


async def invalid_query(request: Request, error: InvalidQuery) -> Response:
    """Return 422 with each invalid query parameter."""
    errors = [
        (v.code, ("query", PARAMETER_NAMES.get(v.field, v.field)), v.message)
        for v in error.violations
    ]
    return _validation_response(errors, request.scope)


async def invalid_request(request: Request, error: RequestValidationError) -> Response:
    """Return 422 with each error that FastAPI's validation found."""
    errors = [(e["type"], tuple(e["loc"]), e["msg"]) for e in error.errors()]
    if isinstance(error.body, bytes):  # the content type was not that of JSON
        errors = [
            (type_, loc, msg + NOT_SENT_AS_JSON if loc == ("body",) else msg)
            for type_, loc, msg in errors
        ]
    return _validation_response(errors, request.scope)


async def unreadable_body(request: Request, error: HTTPException) -> Response:
    """Return 422 for a number with more digits than Python parses, otherwise 400."""
    cause = error.__cause__
    if isinstance(cause, ValueError) and not isinstance(cause, UnicodeError):
        message = "Unable to parse a number with too many digits"
        return _validation_response([("int_parsing_size", ("body",), message)], request.scope)
    return await http_exception(request, error)


async def method_not_allowed(request: Request, error: HTTPException) -> Response:
    """Return 204 for OPTIONS and 405 for other methods, with ``Allow`` (RFC 9110, section 15.5.6).

    ``Allow`` of Starlette's error has the methods of one route; a path may have several.
    """
    known = split_list((error.headers or {}).get("Allow", ""))
    allowed = ", ".join(allowed_methods(request.app.routes, request.scope, known))
    if request.method == "OPTIONS":
        return Response(status_code=HTTPStatus.NO_CONTENT, headers={"Allow": allowed})
    body, detail = {"detail": error.detail}, f"This resource supports {allowed}."
    response = _negotiated_response(request.scope, error.status_code, body, detail)
    response.headers["Allow"] = allowed
    return response


async def http_exception(request: Request, error: HTTPException) -> Response:
    """Return the status, detail and headers of the exception, such as 404 for an unknown path.

    A 503 gets ``Retry-After`` if the exception has none.
    """
    if is_body_allowed_for_status_code(error.status_code):
        response = _detail_response(error.status_code, error.detail, request.scope)
    else:
        response = Response(status_code=error.status_code)
    if error.status_code == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = RETRY_AFTER
    response.headers.update(error.headers or {})
    return response


async def store_unavailable(request: Request, error: StoreUnavailable) -> Response:
    """Return 503. Do not retry here: the transaction may have been committed."""
    if not isinstance(error, StoreHalted):  # all requests get this one
        log.warning("%s %r: %s", request.method, request.url.path, error)
    detail = OUTCOME_UNKNOWN if isinstance(error, OutcomeUnknown) else UNAVAILABLE
    headers = {"Retry-After": RETRY_AFTER}
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, detail, request.scope, headers)


async def store_conflict(request: Request, error: StoreConflict) -> Response:
    """Return 409: the request conflicts with existing data, or with a rule of the database."""
    return problem(HTTPStatus.CONFLICT, _report_conflict(request, error), request.scope)


async def key_reused(request: Request, _: KeyReused) -> Response:
    """Return 422: the key belongs to a different request."""
    message = "Key was already used for a different request"
    errors = [("idempotency_key_reused", IDEMPOTENCY_KEY, message)]
    return _validation_response(errors, request.scope)


async def key_in_progress(request: Request, _: KeyInProgress) -> Response:
    """Return 409: the first request with this key has no response yet."""
    detail = "A request with this Idempotency-Key is still in progress. Try again later."
    return problem(HTTPStatus.CONFLICT, detail, request.scope)


async def key_limit_reached(request: Request, error: KeyLimitReached) -> Response:
    """Return 503: all clients together have used up the keys. Requests without one succeed."""
    headers = {"Retry-After": str(error.seconds)}
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, KEYS_EXHAUSTED, request.scope, headers)


async def client_key_limit_reached(request: Request, error: ClientKeyLimitReached) -> Response:
    """Return 429 (RFC 6585): the client has sent too many keys within their lifetime."""
    headers = {"Retry-After": str(error.seconds)}
    return problem(HTTPStatus.TOO_MANY_REQUESTS, CLIENT_KEYS_EXHAUSTED, request.scope, headers)


async def response_too_large(request: Request, _: ResponseTooLarge) -> Response:
    """Return 422: the request would succeed without a key. It was rolled back."""
    message = "Response is too large to be stored under a key; nothing was changed"
    errors = [("response_too_large", IDEMPOTENCY_KEY, message)]
    return _validation_response(errors, request.scope)


async def internal_server_error(request: Request, _: Exception) -> Response:
    """Return 500 for a bug. Starlette raises the exception again, so the server logs it."""
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, INTERNAL_ERROR, request.scope)


def _report_conflict(request: Request, error: StoreConflict) -> str:
    """Log which constraint or rule it was. Return the detail for the client, without that."""
    log.warning("%s %r: %s", request.method, request.url.path, error)
    return REFUSED if isinstance(error, StoreRefused) else CONFLICT


def _detail_response(status: int, detail: Any, scope: Scope) -> Response:
    """Return ``detail`` as it is, or as the text of a problem."""
    text = detail if isinstance(detail, str) else to_json(detail).decode()
    return _negotiated_response(scope, status, {"detail": detail}, text)


def _validation_response(
    errors: Sequence[tuple[str, Sequence[Any], str]], scope: Scope
) -> Response:
    """Return 422 with the first ``MAX_ERRORS`` errors, and the number of omitted ones.

    Each of the ``errors`` is a type, a location and a message.
    """
    shown = errors[:MAX_ERRORS]
    omitted = {"omitted": len(errors) - MAX_ERRORS} if len(errors) > MAX_ERRORS else {}
    detail = [{"type": type_, "loc": list(loc), "msg": msg} for type_, loc, msg in shown]
    return _negotiated_response(
        scope,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        {"detail": detail} | omitted,
        INVALID,
        {"errors": [error_detail(*error) for error in shown]} | omitted,
    )


def _negotiated_response(
    scope: Scope,
    status: int,
    body: Mapping[str, Any],
    detail: str,
    members: Mapping[str, Any] = MappingProxyType({}),
) -> Response:
    """Return ``body``, or a problem with ``detail`` and ``members`` if the client prefers one."""
    if prefers(scope, MEDIA_TYPE, to=JsonResponse.media_type):
        return problem(status, detail, scope, VARY, members=members)
    return JsonResponse(body, status_code=status, headers=_NEGOTIATED)
