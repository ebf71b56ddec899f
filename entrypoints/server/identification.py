"""The id of a request, and the marks of the server in its scope."""

from collections.abc import Iterable
from time import perf_counter
from typing import cast

from starlette.types import Scope
from uvicorn._types import HTTPScope
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from entrypoints.asgi_scopes import IS_FROM_PROXY
from entrypoints.http.middleware.observation import RECEIVED_AT
from entrypoints.request_ids import HEADER, REQUEST_ID, find_request_id

Field = tuple[bytes, bytes]


def identify(scope: HTTPScope, headers: Iterable[Field]) -> None:
    """Set the id and the arrival time of a request in its scope, when its head has arrived."""
    extended: Scope = scope  # type: ignore[assignment]  # ASGI allows further keys
    extended[RECEIVED_AT] = perf_counter()
    extended[REQUEST_ID] = find_request_id(headers)


def add_request_id(cycle: RequestResponseCycle) -> None:
    """Add the id of the request to its response, whichever application sends that."""
    cycle.default_headers = [*cycle.default_headers, id_field(get_request_id(cycle.scope))]


def get_request_id(scope: HTTPScope) -> str:
    """Return the id of an identified request."""
    request_id: str = cast("Scope", scope)[REQUEST_ID]
    return request_id


def id_field(request_id: str) -> Field:
    """Return the response header with the id."""
    return HEADER, request_id.encode()


def mark_as_forwarded(scope: HTTPScope) -> None:
    """Let the trace context of a trusted proxy be trusted."""
    cast("Scope", scope)[IS_FROM_PROXY] = True
