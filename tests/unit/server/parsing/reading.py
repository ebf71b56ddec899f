"""What ``RequestReader`` passes on when it gets bytes in pieces."""

from collections.abc import Sequence
from typing import NamedTuple, cast

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from entrypoints.server.parsing.refusals import Refused
from entrypoints.server.parsing.request_reader import RequestReader

Fields = tuple[tuple[bytes, bytes], ...]


class Received(NamedTuple):
    """A request. ``is_complete`` tells whether its end has arrived."""

    method: bytes
    target: bytes
    version: str
    host: str | None
    fields: Fields
    body: bytes = b""
    trailers: Fields = ()
    is_complete: bool = True


class Refusal(NamedTuple):
    """A refusal, at the end of what was received."""

    status: int
    detail: str
    target: bytes


class Result(NamedTuple):
    """The requests that were read, and the refusal that followed, if any."""

    requests: Sequence[Received]
    refusal: Refusal | None = None


class Recorder:
    """Takes the place of uvicorn's protocol, and records the calls of the parser."""

    parser: httptools.HttpRequestParser
    url = b""

    def __init__(self) -> None:
        self.headers: list[tuple[bytes, bytes]] = []
        self.requests: list[Received] = []
        self.begun = 0
        self.reader = RequestReader(cast("HttpToolsProtocol", self), self.on_begin)

    def on_begin(self) -> None:
        self.begun += 1

    def on_message_begin(self) -> None:
        self.url = b""
        self.headers = []

    def on_url(self, url: bytes) -> None:
        self.url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        method, version = self.parser.get_method(), self.parser.get_http_version()
        fields, self.headers = tuple(self.headers), []
        self.requests.append(
            Received(method, self.url, version, self.reader.host, fields, is_complete=False)
        )

    def on_body(self, body: bytes) -> None:
        last = self.requests.pop()
        self.requests.append(last._replace(body=last.body + body))

    def on_message_complete(self) -> None:
        last = self.requests.pop()
        self.requests.append(last._replace(trailers=tuple(self.headers), is_complete=True))


def read(*pieces: bytes) -> Result:
    """Read what arrives in these pieces, as the protocol does."""
    recorder = Recorder()
    reader = recorder.reader
    try:
        for piece in pieces:
            reader.receive(piece)
            while reader.has_unread:
                reader.parse_part()
    except Refused as refused:
        refusal = Refusal(refused.status, refused.detail, reader.target)
        return Result(recorder.requests, refusal)
    return Result(recorder.requests)


def read_one(head: bytes) -> Received:
    """Read exactly one request."""
    requests, refusal = read(head)
    assert refusal is None
    (request,) = requests
    return request


def refusal_of(*pieces: bytes) -> Refusal:
    """Return the refusal of what arrives in these pieces."""
    refusal = read(*pieces).refusal
    assert refusal is not None
    return refusal


def status_of(*pieces: bytes) -> int:
    """Return the status of the refusal of what arrives in these pieces."""
    return refusal_of(*pieces).status


def head(
    *fields: bytes, line: bytes = b"GET /a HTTP/1.1", host: bytes = b"Host: localhost"
) -> bytes:
    """Return a request head with these lines."""
    return b"\r\n".join([line, host, *fields, b"", b""])
