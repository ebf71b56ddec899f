"""The report of a request and its response, for observers such as the log."""

from collections.abc import Callable
from typing import NamedTuple


class Exchange(NamedTuple):
    """A request and its response. It contains no body, no query and no credential."""

    method: str | None
    """``None`` if the server refused a malformed request line or an unknown method."""

    path: str
    """The path as the client sent it, percent-encoded."""

    route: str | None
    """The template of the path, such as ``/teams/{id}``, or ``None`` if no route matched."""

    status: int
    body_size: int
    """Number of bytes of the response's body, before a transfer coding."""

    seconds: float
    """Duration from the end of the request's head to the end of the response.

    It counts from the first byte if the server refuses the request.
    """

    client: tuple[str, int] | None
    """The address and the port of the client. The port is 0 if a proxy forwarded the request."""

    http_version: str
    request_id: str | None
    principal: str | None = None
    trace_id: str | None = None


Observer = Callable[[Exchange], object]
"""Is called after each response. It must not raise, and must not wait."""
