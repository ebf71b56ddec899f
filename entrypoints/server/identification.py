"""The id of each request and of its response."""

from collections.abc import Iterable
from time import perf_counter
from typing import cast

from starlette.types import Scope
from uvicorn._types import HTTPScope
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from entrypoints.http.middleware.observation import RECEIVED_AT
from entrypoints.request_ids import HEADER, REQUEST_ID, find_request_id

Field = tuple[bytes, bytes]


def identify(scope: HTTPScope, headers: Iterable[Field]) -> None:
    """Give a request whose head has arrived its id, and the time."""
    extended = cast("Scope", scope)  # ASGI allows further keys
    extended[RECEIVED_AT] = perf_counter()
    extended[REQUEST_ID] = find_request_id(headers)


def add_request_id(cycle: RequestResponseCycle) -> None:
    """Let the response have the id of its request, whichever application sends it."""
    cycle.default_headers = [*cycle.default_headers, id_field(get_request_id(cycle.scope))]


def get_request_id(scope: HTTPScope) -> str:
    """Return the id of an identified request."""
    request_id: str = cast("Scope", scope)[REQUEST_ID]
    return request_id


def id_field(request_id: str) -> Field:
    """Return the header of a response with the id."""
    return HEADER, request_id.encode()
