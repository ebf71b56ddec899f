"""The id, origin and report of a request that the server refuses, as far as it has arrived."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple, cast
from urllib.parse import quote

from starlette.types import Scope
from uvicorn._types import HTTPScope

from entrypoints.exchanges import Exchange
from entrypoints.http.browsers.cross_origin import ORIGIN
from entrypoints.http.middleware.observation import IS_REPORTED, describe_exchange
from entrypoints.request_ids import HEADER, find_request_id
from entrypoints.server.identification import Field, get_request_id
from entrypoints.server.parsing.request_reader import RequestReader

METHODS = frozenset(
    {b"GET", b"HEAD", b"POST", b"PUT", b"PATCH", b"DELETE", b"OPTIONS", b"TRACE", b"CONNECT"}
)
"""Methods that are reported. A malformed request line may begin with anything, such as a key."""

PATH_CHARACTERS = "/%:@!$&'()*+,;="
"""Characters of a path besides letters, digits and ``-._~`` (RFC 3986, section 3.3)."""


class RefusedRequest(NamedTuple):
    """What a connection knows of a request that is refused."""

    reader: RequestReader
    scope: HTTPScope
    """The scope of the request if its head was parsed."""

    headers: Iterable[Field] | None
    """The fields of the head that were parsed."""

    client: tuple[str, int] | None

    def find_id(self) -> str:
        """Return the id that the request has, or a new one."""
        if self.reader.has_head:
            return get_request_id(self.scope)
        return find_request_id({field for field in self._arrived_fields() if field[0] == HEADER})

    def find_origin(self) -> bytes | None:
        """Return the origin of the page that sent the request, if that has arrived."""
        return dict(self._arrived_fields()).get(ORIGIN)

    def describe(self, request_id: str, status: int, body_size: int, seconds: float) -> Exchange:
        """Return the report. Nothing else reports the request, although an application may end."""
        if self.reader.has_head:
            scope = cast("Scope", self.scope)
            scope[IS_REPORTED] = True
            return describe_exchange(scope, status, body_size, seconds)
        method, path = _describe_line(self.reader.method, self.reader.target)
        return Exchange(
            method, path, None, status, body_size, seconds, self.client, "1.1", request_id
        )

    def _arrived_fields(self) -> Iterable[Field]:
        """Return the fields of the head that have arrived."""
        if self.reader.has_head:
            return self.scope["headers"]
        return (*(self.headers or ()), *_split_fields(self.reader.unparsed_head))


def _describe_line(method: bytes, target: bytes) -> tuple[str | None, str]:
    """Return the method and the path of a request that is refused, as they may be reported.

    Both may be incomplete, or empty. Characters that a path must not contain are percent-encoded.
    """
    path = target.partition(b"?")[0] if target.startswith(b"/") else b""
    return method.decode() if method in METHODS else None, quote(path, safe=PATH_CHARACTERS)


def _split_fields(head: bytes) -> Iterator[Field]:
    """Yield the fields of a head, of which the request line may be missing, until an empty line."""
    for line in head.split(b"\r\n"):
        if not line:
            return
        name, _, value = line.partition(b":")
        yield name.lower(), value.strip(b" \t")
