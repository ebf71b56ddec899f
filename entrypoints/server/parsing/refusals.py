"""Responses of the server itself, to what it does not pass to the application."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from types import MappingProxyType

from starlette.responses import Response

from entrypoints.http.problems import problem, title

Headers = Mapping[str, str]

NO_HEADERS: Headers = MappingProxyType({})


class Refused(Exception):
    """The server does not process a request, and closes the connection after the response."""

    def __init__(self, status: HTTPStatus, detail: str, headers: Headers = NO_HEADERS) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = headers


def bad_request(detail: str) -> Refused:
    """Return the refusal of a malformed request (RFC 9110, section 15.5.1)."""
    return Refused(HTTPStatus.BAD_REQUEST, detail)


def serialize_refusal(
    refusal: Refused,
    method: bytes,
    target: bytes,
    default_headers: Iterable[tuple[bytes, bytes]],
) -> bytes:
    """Return the whole response, with problem details, but without them for HEAD.

    ``method`` and ``target`` may be incomplete or empty.
    """
    path = target.partition(b"?")[0] if target.startswith(b"/") else b"/"
    response = problem(refusal.status, refusal.detail, {"raw_path": path}, refusal.headers)
    head = _serialize_head(refusal.status, response, default_headers)
    return head if method == b"HEAD" else head + bytes(response.body)


def _serialize_head(
    status: HTTPStatus, response: Response, default_headers: Iterable[tuple[bytes, bytes]]
) -> bytes:
    fields = [*default_headers, *response.raw_headers, (b"connection", b"close")]
    lines = [b"HTTP/1.1 %d %s" % (status, title(status).encode())]
    lines += [name + b": " + value for name, value in fields]
    return b"\r\n".join([*lines, b"", b""])
