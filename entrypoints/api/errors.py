"""From errors to responses: the one table, for whatever entity they are about.

No answer here carries a rejected value: it may be a secret.
"""

import logging
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from domain.errors import InvalidEntity, NotFound
from entrypoints.api.idempotency_key import NAME as IDEMPOTENCY_KEY
from entrypoints.api.json_response import JsonResponse
from entrypoints.api.methods import method_not_allowed
from entrypoints.api.problems import problem
from service_layer.errors import StoreConflict, StoreUnavailable
from service_layer.idempotency import KeyReused, KeyUnderWay

RETRY_AFTER = "1"
"""Seconds (RFC 9110, section 10.2.3) until a client should ask an unavailable store again."""

log = logging.getLogger(__name__)


def install_error_handlers(app: FastAPI) -> None:
    """Make the app answer every error by this table."""
    app.exception_handler(NotFound)(not_found)
    app.exception_handler(InvalidEntity)(invalid_entity)
    app.exception_handler(RequestValidationError)(invalid_request)
    app.exception_handler(HTTPStatus.BAD_REQUEST)(unreadable_body)
    app.exception_handler(HTTPStatus.METHOD_NOT_ALLOWED)(method_not_allowed)
    app.exception_handler(HTTPException)(tutorial_error)
    app.exception_handler(StoreUnavailable)(store_unavailable)
    app.exception_handler(StoreConflict)(store_conflict)
    app.exception_handler(KeyReused)(key_reused)
    app.exception_handler(KeyUnderWay)(key_under_way)
    app.exception_handler(Exception)(mistake)


async def not_found(_: Request, error: NotFound) -> Response:
    """Answer 404 in one sentence."""
    return _detail(HTTPStatus.NOT_FOUND, str(error))


async def invalid_entity(_: Request, error: InvalidEntity) -> Response:
    """Answer 422 for each broken rule. Entities are made from bodies, so that is where it is."""
    return _invalid((v.code, ("body", v.field), v.message) for v in error.violations)


async def invalid_request(_: Request, error: RequestValidationError) -> Response:
    """Answer 422 for each part of the request that is not of its type or out of its bounds."""
    return _invalid((e["type"], e["loc"], e["msg"]) for e in error.errors())


async def unreadable_body(_: Request, error: HTTPException) -> Response:
    """Tell a number with too many digits, which Python refuses to read, from a broken body."""
    cause = error.__cause__
    if isinstance(cause, ValueError) and not isinstance(cause, UnicodeError):
        message = "Unable to read a number that has too many digits"
        return _invalid([("int_parsing_size", ("body",), message)])
    return _detail(error.status_code, error.detail)


async def tutorial_error(_: Request, error: HTTPException) -> Response:
    """Answer as the tutorial does what it did answer, such as 404 for an unknown path."""
    return _detail(error.status_code, error.detail)


async def store_unavailable(request: Request, error: StoreUnavailable) -> Response:
    """Answer 503 at once; never try again here, for the request may have been carried out."""
    log.warning("%s %r: %s", request.method, request.url.path, error)
    return problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "The database can't do this now. Try again later.",
        request.scope,
        {"Retry-After": RETRY_AFTER},
    )


async def store_conflict(request: Request, _: StoreConflict) -> Response:
    """Answer 409: what is there already stands in the way."""
    detail = "What is kept already stands in the way."
    return problem(HTTPStatus.CONFLICT, detail, request.scope)


async def key_reused(_: Request, __: KeyReused) -> Response:
    """Answer 422: whoever sent the key before has asked for something else."""
    message = "Key was sent with another request before"
    return _invalid([("idempotency_key_reused", ("header", IDEMPOTENCY_KEY), message)])


async def key_under_way(request: Request, _: KeyUnderWay) -> Response:
    """Answer 409: the request that came first with the key has the answer to come."""
    detail = "A request with this Idempotency-Key is still under way. Try again later."
    return problem(HTTPStatus.CONFLICT, detail, request.scope)


async def mistake(request: Request, _: Exception) -> Response:
    """Answer 500 for a bug. Starlette raises the error on, so that it is logged."""
    detail = "The server made a mistake. It was logged."
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, detail, request.scope)


def _detail(status: int, detail: str) -> JsonResponse:
    return JsonResponse({"detail": detail}, status_code=status)


def _invalid(errors: Iterable[tuple[str, Iterable[Any], str]]) -> JsonResponse:
    detail = [{"type": type_, "loc": list(loc), "msg": msg} for type_, loc, msg in errors]
    return JsonResponse({"detail": detail}, status_code=HTTPStatus.UNPROCESSABLE_ENTITY)
