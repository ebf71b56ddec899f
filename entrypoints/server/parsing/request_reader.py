"""Parse the bytes of a connection, one part of a request at a time, with limits on each part.

uvicorn buffers headers without a size limit. If a client offers an upgrade, uvicorn loses the
body of the request, or parses it as another request.

Each call of the parser gets the bytes of one part: a head, a body of known length, or a piece of a
chunked body. So a request never begins in the middle of a call::

    GET / HTTP/1.1␍␊Host: a␍␊␍␊ | POST / HTTP/1.1␍␊Host: a␍␊Content-Length: 2␍␊␍␊ | {} | GET ...
"""

from collections.abc import Callable
from http import HTTPStatus

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from entrypoints.server.parsing.hosts import find_host
from entrypoints.server.parsing.refusals import Refused, bad_request
from entrypoints.server.parsing.request_line import (
    MAX_TARGET,
    check_request_line,
    check_unfinished_line,
    classify_error,
    find_target,
)
from entrypoints.server.parsing.targets import parse_target
from entrypoints.server.parsing.transfer_codings import check_transfer_codings
from entrypoints.server.parsing.upgrades import offers_upgrade, remove_offer

MAX_HEAD = 64 * 1024
"""Maximum size in bytes of a request line and its headers."""

MAX_FIELDS = 100
"""Maximum number of header fields, and of trailer fields."""

MAX_OVERHEAD = 8 * MAX_HEAD
"""Maximum size in bytes of the chunk sizes, chunk extensions and trailers of a body."""

END_OF_HEAD = b"\r\n\r\n"
"""The end of a head, and of a chunked body with its trailers."""


class RequestReader:
    """Feeds the received bytes to httptools, which calls uvicorn's protocol.

    ``on_begin`` is called for the first byte of each request, which may be long before the parser
    gets it.

    ``on_header``, ``on_headers_complete``, ``on_body`` and ``on_message_complete`` check the limits
    before they call the protocol. If a head offers an upgrade, its ``on_headers_complete`` and
    ``on_message_complete`` are withheld. A new parser then parses the head without the offer (RFC
    9110, section 7.8).
    """

    host: str | None = None
    """The host of the last complete head, without its port. HTTP/1.0 does not require one."""

    def __init__(self, protocol: HttpToolsProtocol, on_begin: Callable[[], object]) -> None:
        self._protocol = protocol
        self._on_begin = on_begin
        self._unread = b""
        self._refused_head = b""
        self._start_parser()
        self._start_request()

    @property
    def has_unread(self) -> bool:
        """Whether some received bytes are not parsed yet."""
        return bool(self._unread)

    @property
    def is_within_request(self) -> bool:
        """Whether a request has arrived in part."""
        return bool(self._line)

    @property
    def method(self) -> bytes:
        """The method of the request that is being parsed, as far as it has been received."""
        return self._line.partition(b" ")[0]

    @property
    def target(self) -> bytes:
        """The target of the request that is being parsed, as far as it has been received.

        Empty if it is too long.
        """
        target = find_target(self._line)
        return target if len(target) <= MAX_TARGET else b""

    @property
    def has_head(self) -> bool:
        """Whether the head of the request has been parsed."""
        return self._is_head_complete

    @property
    def unparsed_head(self) -> bytes:
        """What has been received of the head, if the parser has refused it or got none of it."""
        return self._refused_head or self._unread

    def receive(self, data: bytes) -> None:
        """Append received bytes, to be parsed later."""
        self._unread += data

    def parse_part(self) -> None:
        """Parse the next part of a request. Raises ``Refused``; do not call it again after that."""
        if not self._is_head_complete:
            self._parse_head()
        elif self._body_left:
            self._feed(self._take(self._body_left))
        else:
            self._parse_chunks()

    def on_message_begin(self) -> None:
        if not self._line:
            raise bad_request("A request begins where none was expected.")
        self._fields = 0
        self._protocol.on_message_begin()

    def on_url(self, url: bytes) -> None:
        self._protocol.on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._fields += 1
        if self._fields > MAX_FIELDS:
            detail = f"A request may have at most {MAX_FIELDS} header fields."
            raise Refused(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, detail)
        self._protocol.on_header(name, value.rstrip(b" \t"))  # RFC 9112, section 5.1

    def on_headers_complete(self) -> None:
        protocol, parser = self._protocol, self._protocol.parser
        if parser.get_method() == b"CONNECT":
            raise Refused(HTTPStatus.NOT_IMPLEMENTED, "CONNECT is not implemented.")
        if offers_upgrade(parser):
            return
        version = parser.get_http_version()
        protocol.url, target_host = parse_target(parser.get_method(), protocol.url)
        host = find_host(protocol.headers, is_required=version != "1.0")
        self.host = target_host or host
        is_chunked = check_transfer_codings(protocol.headers, version)
        self._body_left = 0 if is_chunked else _content_length(protocol)
        self._is_head_complete = True
        self._fields = 0
        protocol.on_headers_complete()

    def on_body(self, body: bytes) -> None:
        if self._body_left:
            self._body_left -= len(body)
        else:
            self._overhead -= len(body)
        self._protocol.on_body(body)

    def on_message_complete(self) -> None:
        if not offers_upgrade(self._protocol.parser):
            self._start_request()
            self._protocol.on_message_complete()

    def _start_request(self) -> None:
        self._line = b""
        self._is_line_complete = False
        self._is_head_complete = False
        self._head_size = 0
        self._body_left = 0
        self._overhead = 0
        self._tail = b""

    def _start_parser(self) -> None:
        """Give the protocol a new parser whose callbacks are those of this object."""
        self._protocol.parser = httptools.HttpRequestParser(self)
        self._protocol.parser.set_dangerous_leniencies(
            lenient_data_after_close=True
        )  # as in uvicorn

    def _parse_head(self) -> None:
        if not self._line:
            self._unread = self._unread.lstrip(b"\r\n")  # RFC 9112, section 2.2
            if not self._unread:
                return
            self._on_begin()
        if not self._is_line_complete:
            self._read_request_line()
        if self._is_line_complete:
            self._feed_head(self._take_head())

    def _feed_head(self, head: bytes) -> None:
        try:
            self._feed(head)
        except Refused:
            self._refused_head = head
            raise

    def _take_head(self) -> bytes:
        head = self._take_until_end()
        self._head_size += len(head)
        if self._head_size > MAX_HEAD:
            self._refused_head = head
            raise _head_too_large()
        return head

    def _parse_chunks(self) -> None:
        chunks = self._take_until_end()
        self._overhead += len(chunks)
        self._feed(chunks)
        if self._overhead > MAX_OVERHEAD:
            detail = "The chunk sizes or trailers are too large."
            raise Refused(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, detail)

    def _read_request_line(self) -> None:
        """Check the request line. The parser gets nothing of it before its end is received."""
        end = self._unread.find(b"\n") + 1
        self._line += self._take(end or len(self._unread))
        if end:
            check_request_line(self._line)
            self._is_line_complete = True
            self._unread = self._line + self._unread
            return
        check_unfinished_line(self._line)
        if len(self._line) > MAX_HEAD:
            raise _head_too_large()

    def _take_until_end(self) -> bytes:
        """Return the bytes up to ``END_OF_HEAD``, or all of them."""
        found = (self._tail + self._unread).find(END_OF_HEAD)
        size = found + len(END_OF_HEAD) - len(self._tail) if found >= 0 else len(self._unread)
        taken = self._take(size)
        self._tail = b"" if found >= 0 else (self._tail + taken)[1 - len(END_OF_HEAD) :]
        return taken

    def _take(self, size: int) -> bytes:
        taken, self._unread = self._unread[:size], self._unread[size:]
        return taken

    def _feed(self, data: bytes) -> None:
        try:
            self._protocol.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            head = self._replace_parser()
        except httptools.HttpParserError as error:
            raise classify_error(error) from None
        else:
            return
        # outside the except clause: classify_error reads the context of an error of the parser
        self._feed(head)

    def _replace_parser(self) -> bytes:
        """Replace the parser, and return the head for the new one, without the offer.

        The old parser ended the request after the head; the new one expects the body.
        """
        protocol = self._protocol
        head = remove_offer(protocol.parser, protocol.url, protocol.headers)
        self._start_parser()
        return head


def _content_length(protocol: HttpToolsProtocol) -> int:
    """Return the length that the parser has accepted. ``int`` limits the number of digits."""
    for name, value in protocol.headers:
        if name == b"content-length":
            return int(value.lstrip(b"0") or 0)
    return 0


def _head_too_large() -> Refused:
    detail = f"A request head may have at most {MAX_HEAD} bytes."
    return Refused(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, detail)
