"""Offers to upgrade to another protocol, which nobody takes here (RFC 9110, section 7.8)."""

from collections.abc import Sequence

import httptools


def offers_upgrade(parser: httptools.HttpRequestParser) -> bool:
    """Return whether the request asks for another protocol. CONNECT asks for another server."""
    return bool(parser.should_upgrade() and parser.get_method() != b"CONNECT")


def head_without_offer(
    parser: httptools.HttpRequestParser, url: bytes, headers: Sequence[tuple[bytes, bytes]]
) -> bytes:
    """Return the head that ``parser`` has read, written again without the offer."""
    lines = [parser.get_method() + b" " + url + b" HTTP/" + parser.get_http_version().encode()]
    for name, value in headers:
        kept = _without_offer(value) if name == b"connection" else value
        if name != b"upgrade":
            lines.append(name + b": " + kept)
    return b"\r\n".join([*lines, b"", b""])


def _without_offer(connection: bytes) -> bytes:
    """Return a Connection header's value without what belongs to an offer to upgrade."""
    options = [option.strip() for option in connection.split(b",")]
    offered = {b"upgrade", b"http2-settings"}
    return b", ".join(option for option in options if option.lower() not in offered)
