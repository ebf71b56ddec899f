"""Parsing what comes on a connection: in slices, with bounds, and past offers to upgrade.

uvicorn keeps as many header bytes as come. Where a client offers an upgrade, which nobody takes
here, it loses the request's body, or reads it as another request.
"""

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from entrypoints.server.upgrades import head_without_offer, offers_upgrade

MAX_HEAD = 64 * 1024
"""Most bytes of a request's target and headers."""

MAX_OVERHEAD = 8 * MAX_HEAD
"""Most bytes of a request besides its body, chunk sizes and trailers included."""

SLICE = 4 * 1024
"""Bytes that are parsed at a time, so that few requests sent ahead become objects at once."""


class Refused(Exception):
    """What has come is not an acceptable request. The message is a sentence for the client."""


class RequestReader:
    """Feeds a connection's bytes to httptools, and what that finds to uvicorn's protocol.

    The parser's callbacks are the protocol's own, but for those that need a check first. The
    protocol never sees the end of a head that offers an upgrade: a server may ignore the offer (RFC
    9110, section 7.8), so another parser reads the head again without it.
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
        """Whether bytes have come that are not yet parsed."""
        return bool(self._unread)

    def receive(self, data: bytes) -> None:
        """Take bytes that have come, to be parsed later."""
        self._unread += data

    def parse_slice(self) -> None:
        """Parse the next few bytes. Raises ``Refused``; then nothing more can be parsed."""
        data, self._unread = self._unread[:SLICE], self._unread[SLICE:]
        self._overhead += len(data)
        try:
            self._parse(data)
        except httptools.HttpParserError:
            raise Refused("Invalid HTTP request received.") from None
        if self._overhead > MAX_OVERHEAD:
            raise Refused("Too many bytes around the body.")

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
        """Replace the protocol's parser, which has the protocol's callbacks, by one with ours."""
        self._protocol.parser = httptools.HttpRequestParser(self)
        self._protocol.parser.set_dangerous_leniencies(lenient_data_after_close=True)  # as uvicorn

    def _parse(self, data: bytes) -> None:
        """Parse all of it, and whatever the parser would leave to another protocol as well."""
        rest: bytes | memoryview = data
        while rest:
            try:
                self._protocol.parser.feed_data(rest)
            except httptools.HttpParserUpgrade as offer:
                rest = memoryview(rest)[offer.args[0] :]
                self._read_again_without_the_offer()
            else:
                return

    def _read_again_without_the_offer(self) -> None:
        """Parse the head again.

        The parser has taken the end of the head for the end of the request. To another parser what
        follows is the body. After CONNECT, which is refused, would follow what is meant for another
        server.
        """
        parser = self._protocol.parser
        if not offers_upgrade(parser):
            raise Refused("There is no tunnel here.")
        head = head_without_offer(parser, self._protocol.url, self._protocol.headers)
        self._start_parser()
        self._protocol.parser.feed_data(head)

    def _check_head(self) -> None:
        url, headers = self._protocol.url, self._protocol.headers
        hosts = sum(name == b"host" for name, _ in headers)
        if hosts != 1 and self._protocol.parser.get_http_version() == "1.1":
            raise Refused("one Host has to be named (RFC 9112, section 3.2)")
        if len(url) + sum(len(name) + len(value) for name, value in headers) > MAX_HEAD:
            raise Refused("the head is too large")
