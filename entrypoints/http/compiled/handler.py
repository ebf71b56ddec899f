"""The function that handles the requests of a route."""

from collections.abc import Callable, Coroutine
from contextlib import suppress
from json import JSONDecodeError
from typing import Any, Protocol

from fastapi.datastructures import DefaultPlaceholder
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import get_typed_return_annotation
from fastapi.exceptions import RequestValidationError, ResponseValidationError
from fastapi.requests import Request
from fastapi.responses import Response
from fastapi.routing import get_request_handler
from fastapi.telemetry import get_telemetry_data
from pydantic_core import PydanticUndefined
from starlette.middleware.body_limit import MAX_BODY_SIZE_SCOPE_KEY

from entrypoints.http.compiled.body import Validate, compile_body, is_strict, read_body
from entrypoints.http.compiled.dependencies import (
    BODY,
    REQUEST,
    Slots,
    Solve,
    Solved,
    Steps,
    chain,
    is_async,
    pick,
)
from entrypoints.http.compiled.left import LeftToFastAPI
from entrypoints.http.compiled.parameters import compile_parameters
from entrypoints.http.compiled.places import find_place

Endpoint = Callable[..., Any]
Handler = Callable[[Request], Coroutine[Any, Any, Response]]

SETTINGS = (
    "status_code",
    "response_class",
    "response_field",
    "response_model_include",
    "response_model_exclude",
    "response_model_by_alias",
    "response_model_exclude_unset",
    "response_model_exclude_defaults",
    "response_model_exclude_none",
    "stream_item_field",
    "is_json_stream",
)
"""What FastAPI makes a response with of what an endpoint returns."""

RETURNED = "compiled.returned"
"""The key of the ASGI scope with what an endpoint has returned that is not a response."""


class Declared(Protocol):
    """What FastAPI has made of a route, or of its inclusion in an application."""

    dependant: Dependant
    body_field: Any
    strict_content_type: bool | DefaultPlaceholder
    dependency_overrides_provider: Any


def compile_handler(route: Declared, fallback: Handler) -> Handler:
    """Return the function for the route, which leaves requests to ``fallback``.

    Raises ``LeftToFastAPI``.
    """
    steps = Steps()
    slots = steps.find_slots(route.dependant)
    solve = chain(steps.steps, _compile_endpoint(route, slots))
    has_body, strict = route.body_field is not None, is_strict(route.strict_content_type)
    app = route.dependency_overrides_provider

    async def handle(request: Request) -> Response:
        if app.dependency_overrides or get_telemetry_data() is not None:
            return await fallback(request)
        body: Any = PydanticUndefined
        if has_body:
            if MAX_BODY_SIZE_SCOPE_KEY in request.scope:
                return await fallback(request)
            is_read = False
            with suppress(JSONDecodeError):
                body = await read_body(request, is_strict=strict)
                is_read = True
            if not is_read:
                return await fallback(request)  # which finds the same error in the same body
        response = await solve([request, body, None])
        if response is None:
            del response  # FastAPI has no such variable after an error that a dependency hides
        return response

    return handle


def _compile_endpoint(route: Declared, slots: Slots) -> Solve:
    dependant = route.dependant
    call = _check_endpoint(dependant.call)
    parameters = list(compile_parameters(dependant))
    add_body = _compile_body(route)
    finish = _compile_finish(route)

    async def solve(solved: Solved) -> Response:
        values, request = pick(solved, slots), solved[REQUEST]
        errors: list[Any] = []
        for read in parameters:
            read(request, values, errors)
        if add_body:
            await add_body(solved[BODY], values, errors)
        if errors:
            raise _make_error(request, dependant, errors, solved[BODY])
        returned = await call(**values)
        if isinstance(returned, Response):
            return returned
        request.scope[RETURNED] = returned
        return await finish(request)

    return solve


def _check_endpoint(call: Endpoint | None) -> Endpoint:
    """Return the endpoint, if it can be compiled."""
    if call is None or not is_async(call):
        raise LeftToFastAPI("an endpoint that runs in a thread, or streams")
    returned = get_typed_return_annotation(call)
    if not (isinstance(returned, type) and issubclass(returned, Response)):
        raise LeftToFastAPI("an endpoint that is not declared to return a response")
    return call


def _compile_body(route: Declared) -> Validate | None:
    if route.body_field is None:
        return None
    fields = route.dependant.body_params
    if not fields or route.body_field is not fields[0]:
        raise LeftToFastAPI("a body with several parameters")
    return compile_body(route.body_field)


def _compile_finish(route: Declared) -> Handler:
    """Return FastAPI's handler for an endpoint that returns what the route's has returned.

    It is needed if that is not a response, against what the endpoint declares.
    """
    route_dependant = route.dependant

    async def give(request: Request) -> Any:
        return request.scope.pop(RETURNED)

    dependant = Dependant(call=give, request_param_name="request")
    handle = get_request_handler(dependant, **{name: getattr(route, name) for name in SETTINGS})

    async def finish(request: Request) -> Response:
        try:
            return await handle(request)
        except ResponseValidationError as error:  # its text says where the endpoint is
            place = find_place(request, route_dependant)
            body = error.body
            raise ResponseValidationError(error.errors(), body=body, endpoint_ctx=place) from None

    return finish


def _make_error(
    request: Request, dependant: Dependant, errors: list[Any], body: Any
) -> RequestValidationError:
    body = None if body is PydanticUndefined else body
    return RequestValidationError(errors, body=body, endpoint_ctx=find_place(request, dependant))
