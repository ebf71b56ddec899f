"""What is reported of a request and its response, to the log and to whatever counts requests."""

from collections.abc import Callable
from typing import NamedTuple


class Exchange(NamedTuple):
    """A request and its response. It contains no body, no query and no credential."""

    method: str | None
    """``None`` if the server has refused what is no request."""

    path: str
    """The path as the client has encoded it."""

    route: str | None
    """The template of the path, such as ``/teams/{id}``, or ``None`` if no route matched."""

    status: int
    body_size: int
    """Number of bytes of the response's body, before a transfer coding."""

    seconds: float
    """From the end of the request's head, or from its first byte if the server refuses it."""

    client: tuple[str, int] | None
    """The address of the client, and its port, or 0 if a proxy names the client."""

    http_version: str
    request_id: str | None
    principal: str | None = None
    trace_id: str | None = None


Observer = Callable[[Exchange], object]
"""Is called after each response. It must not raise, and must not wait."""
