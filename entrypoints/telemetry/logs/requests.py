"""Format the line of a request.

JSON is formatted without structlog, in 2 µs instead of 5.
"""

import time
from functools import lru_cache
from http import HTTPStatus
from json.encoder import encode_basestring_ascii as quote
from typing import Any, Protocol

from entrypoints.exchanges import Exchange
from entrypoints.telemetry.logs.formats import format_time, make_renderer

EVENT = "request"

MAX_PATH = 1024
"""Maximum number of characters of a path in a line.

So a line usually has less than ``PIPE_BUF`` bytes, which are written to a pipe atomically.
"""

MAX_QUOTED = 256
"""Maximum number of methods and templates that are cached as JSON."""

NULL = "null"

PHRASES = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}


class FormatRequest(Protocol):
    """Returns the line of a request."""

    def __call__(self, exchange: Exchange, level: str = "info") -> bytes: ...


def format_json(exchange: Exchange, level: str = "info") -> bytes:
    """Return the line of a request as JSON."""
    method, path, route, status, size, seconds, client, _, request_id, principal, trace_id = (
        exchange
    )
    principal_field = f', "principal": {quote(principal)}' if principal else ""
    trace_field = f', "trace_id": {quote(trace_id)}' if trace_id else ""
    return (
        f'{{"timestamp": "{format_time(time.time())}", "level": "{level}", "event": "{EVENT}"'
        f', "method": {_quote(method)}, "route": {_quote(route)}'
        f', "path": {quote(path[:MAX_PATH])}, "status": {status}'
        f', "duration_ms": {1000 * seconds:.3f}, "bytes": {size}'
        f', "client": {quote(client[0]) if client else NULL}'
        f', "request_id": {quote(request_id) if request_id else NULL}'
        f"{principal_field}{trace_field}}}\n"
    ).encode()


def make_console_format(*, colours: bool) -> FormatRequest:
    """Return a function that formats a request for the console: uvicorn's line, and some fields."""
    render = make_renderer(as_json=False, colours=colours)

    def format_for_console(exchange: Exchange, level: str = "info") -> bytes:
        line = str(render(None, level, _describe_for_console(exchange, level)))
        return f"{line}\n".encode(errors="backslashreplace")

    return format_for_console


def _describe_for_console(exchange: Exchange, level: str) -> dict[str, Any]:
    host, port = exchange.client or ("", 0)
    path = exchange.path[:MAX_PATH]
    request = f"{exchange.method or '-'} {path} HTTP/{exchange.http_version}"
    status = PHRASES.get(exchange.status, f"{exchange.status} ")
    optional = {"principal": exchange.principal, "trace_id": exchange.trace_id}
    return {
        "timestamp": format_time(time.time()),
        "level": level,
        "event": f'{host}:{port} - "{request}" {status}',
        "duration_ms": f"{1000 * exchange.seconds:.3f}",
        "request_id": exchange.request_id,
        **{name: value for name, value in optional.items() if value},
    }


@lru_cache(MAX_QUOTED)
def _quote(text: str | None) -> str:
    """Return a method or the template of a route, of which there are few, as JSON."""
    return NULL if text is None else quote(text)
