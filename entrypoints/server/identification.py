"""The id of a request, and the report of a request that the server refuses."""

from collections.abc import Iterable, Iterator
from time import perf_counter
from typing import cast
from urllib.parse import quote

from starlette.types import Scope
from uvicorn._types import HTTPScope
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from entrypoints.http.middleware.observation import IS_REPORTED, RECEIVED_AT
from entrypoints.request_ids import HEADER, REQUEST_ID, find_request_id
from entrypoints.trace_scopes import IS_FROM_PROXY

Field = tuple[bytes, bytes]

METHODS = frozenset(
    {b"GET", b"HEAD", b"POST", b"PUT", b"PATCH", b"DELETE", b"OPTIONS", b"TRACE", b"CONNECT"}
)
"""Methods that are reported. A malformed request line may begin with anything, such as a key."""

PATH_CHARACTERS = "/%:@!$&'()*+,;="
"""Characters of a path besides letters, digits and ``-._~`` (RFC 3986, section 3.3)."""


def identify(scope: HTTPScope, headers: Iterable[Field]) -> None:
    """Set the id and the arrival time of a request in its scope, when its head has arrived."""
    extended = cast("Scope", scope)  # ASGI allows further keys
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


def find_refused_id(headers: Iterable[Field] | None, head: bytes) -> str:
    """Return the id for a request that is refused before its head was parsed.

    ``headers`` are the parsed ones, ``head`` is the part of the head that was not parsed.
    """
    fields = (*(headers or ()), *_split_fields(head))
    return find_request_id({field for field in fields if field[0] == HEADER})


def mark_as_reported(scope: HTTPScope) -> None:
    """Keep ``ObservationMiddleware`` from reporting the request again when its application ends."""
    cast("Scope", scope)[IS_REPORTED] = True


def mark_as_forwarded(scope: HTTPScope) -> None:
    """Let the trace context of a trusted proxy be trusted."""
    cast("Scope", scope)[IS_FROM_PROXY] = True


def describe_line(method: bytes, target: bytes) -> tuple[str | None, str]:
    """Return the method and the path of a request that is refused, as they may be reported.

    Both may be incomplete, or empty. Characters that a path must not contain are percent-encoded.
    """
    path = target.partition(b"?")[0] if target.startswith(b"/") else b""
    return method.decode() if method in METHODS else None, quote(path, safe=PATH_CHARACTERS)


def _split_fields(head: bytes) -> Iterator[Field]:
    """Yield the fields of a head, with or without its request line, until an empty line."""
    for line in head.split(b"\r\n"):
        if not line:
            return
        name, _, value = line.partition(b":")
        yield name.lower(), value.strip(b" \t")
