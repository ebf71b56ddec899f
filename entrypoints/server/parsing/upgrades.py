"""Removal of upgrade offers, which the server ignores (RFC 9110, section 7.8)."""

from collections.abc import Sequence

import httptools


def offers_upgrade(parser: httptools.HttpRequestParser) -> bool:
    """Return whether the request offers an upgrade. CONNECT does not: it requests a tunnel."""
    return bool(parser.should_upgrade() and parser.get_method() != b"CONNECT")


def remove_offer(
    parser: httptools.HttpRequestParser, url: bytes, headers: Sequence[tuple[bytes, bytes]]
) -> bytes:
    """Return the request head that ``parser`` has read, serialized again without the offer."""
    lines = [parser.get_method() + b" " + url + b" HTTP/" + parser.get_http_version().encode()]
    for name, value in headers:
        if name != b"upgrade":
            remaining = _without_options(value) if name == b"connection" else value
            lines.append(name + b": " + remaining)
    return b"\r\n".join([*lines, b"", b""])


def _without_options(connection: bytes) -> bytes:
    """Return the value of a Connection header without the options of an upgrade offer."""
    options = [option.strip() for option in connection.split(b",")]
    offered = {b"upgrade", b"http2-settings"}
    return b", ".join(option for option in options if option.lower() not in offered)
