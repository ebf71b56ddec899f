"""Parse the bytes of a connection in slices, with size limits, and ignore upgrade requests.

uvicorn buffers headers without a size limit. If a client requests an upgrade, uvicorn loses the
body of the request, or parses it as another request.
"""

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from entrypoints.server.upgrades import head_without_offer, offers_upgrade

MAX_HEAD = 64 * 1024
"""Maximum size in bytes of a request's target and headers."""

MAX_OVERHEAD = 8 * MAX_HEAD
"""Maximum size in bytes of everything but the body, chunk sizes and trailers included."""

SLICE = 4 * 1024
"""Bytes that are parsed at a time, so that a client cannot queue many pipelined requests."""


class Refused(Exception):
    """The request is malformed or too large. The message is the body of the response."""


class RequestReader:
    """Feeds the received bytes to httptools, which calls uvicorn's protocol.

    ``on_headers_complete``, ``on_body`` and ``on_message_complete`` check the limits before they
    call the protocol. If a head requests an upgrade, a new parser parses it again without that
    request, and only then the calls are passed on (RFC 9110, section 7.8).
    """

    def __init__(self, protocol: HttpToolsProtocol) -> None:
        self._protocol = protocol
        self._unread = b""
        self._overhead = 0
        self.on_message_begin = protocol.on_message_begin
        self.on_url = protocol.on_url
        self.on_header = protocol.on_header
        self._start_parser()

    @property
    def has_unread(self) -> bool:
        """Whether some received bytes are not parsed yet."""
        return bool(self._unread)

    def receive(self, data: bytes) -> None:
        """Append received bytes, to be parsed later."""
        self._unread += data

    def parse_slice(self) -> None:
        """Parse the next ``SLICE`` bytes. Raises ``Refused``; do not call it again after that."""
        data, self._unread = self._unread[:SLICE], self._unread[SLICE:]
        self._overhead += len(data)
        try:
            self._parse(data)
        except httptools.HttpParserError:
            raise Refused("Invalid HTTP request received.") from None
        if self._overhead > MAX_OVERHEAD:
            raise Refused("The chunk sizes or trailers are too large.")

    def on_headers_complete(self) -> None:
        self._check_head()
        if not offers_upgrade(self._protocol.parser):
            self._protocol.on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._overhead -= len(body)
        self._protocol.on_body(body)

    def on_message_complete(self) -> None:
        if not offers_upgrade(self._protocol.parser):
            self._protocol.on_message_complete()
            self._overhead = 0

    def _start_parser(self) -> None:
        """Give the protocol a new parser whose callbacks are those of this object."""
        self._protocol.parser = httptools.HttpRequestParser(self)
        self._protocol.parser.set_dangerous_leniencies(
            lenient_data_after_close=True
        )  # as in uvicorn

    def _parse(self, data: bytes) -> None:
        """Parse all bytes, including those after an upgrade request, where httptools stops."""
        rest: bytes | memoryview = data
        while rest:
            try:
                self._protocol.parser.feed_data(rest)
            except httptools.HttpParserUpgrade as offer:
                rest = memoryview(rest)[offer.args[0] :]
                self._parse_again_without_offer()
            else:
                return

    def _parse_again_without_offer(self) -> None:
        """Parse the head again with a new parser.

        The old parser ended the request after the head; the new one expects the body. CONNECT is
        rejected.
        """
        parser = self._protocol.parser
        if not offers_upgrade(parser):
            raise Refused("CONNECT is not supported.")
        head = head_without_offer(parser, self._protocol.url, self._protocol.headers)
        self._start_parser()
        self._protocol.parser.feed_data(head)

    def _check_head(self) -> None:
        url, headers = self._protocol.url, self._protocol.headers
        hosts = sum(name == b"host" for name, _ in headers)
        if hosts != 1 and self._protocol.parser.get_http_version() == "1.1":
            raise Refused("Exactly one Host header is required.")
        if len(url) + sum(len(name) + len(value) for name, value in headers) > MAX_HEAD:
            raise Refused("The request head is too large.")
