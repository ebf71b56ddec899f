"""Which client sent a request, if trusted proxies forward requests.

A proxy appends the address of its own client to ``Forwarded`` (RFC 7239) or ``X-Forwarded-For``.
Everything before that came from the client, which may have made it up. So the client is the
rightmost address that is not a trusted proxy.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from ipaddress import IPv4Network, IPv6Network

from entrypoints.addresses import Address, parse_address
from entrypoints.http.header_fields import MAX_SIZE, parse_named_value

Network = IPv4Network | IPv6Network

_PORT = r"(?::(?:[0-9]++|_[0-9A-Za-z._-]++))?"
_NODE = re.compile(rf"\[([0-9A-Fa-f:.]++)\]{_PORT}|([0-9.]++){_PORT}|([0-9A-Fa-f:.]++)")
"""An address, with or without a port (RFC 7239, section 6)."""

_ESCAPE = re.compile(r"\\.")
_BLANKS = " \t"


class Clients:
    """Determines the client of a request. ``proxies`` are the networks of trusted proxies."""

    def __init__(self, proxies: Iterable[Network] = ()) -> None:
        self._proxies = tuple(proxies)

    def is_proxy(self, address: str) -> bool:
        """Return whether the address is that of a trusted proxy."""
        parsed = parse_address(address) if self._proxies else None
        return parsed is not None and self._trusts(parsed)

    def find_client(self, proxy: str, headers: Sequence[tuple[bytes, bytes]]) -> str:
        """Return the address of the client of a request that a trusted proxy has sent.

        This is the proxy itself if no header names a client, or if ``Forwarded`` and
        ``X-Forwarded-For`` name different ones: a proxy adds to one of them, so the other may come
        from the client.
        """
        found = {
            self._rightmost_client(proxy, find_nodes(text))
            for name, find_nodes in NODE_FINDERS.items()
            if (text := _last_elements(headers, name))
        }
        return found.pop() if len(found) == 1 else proxy

    def _rightmost_client(self, proxy: str, nodes: Iterable[str]) -> str:
        """Return the first address that is not a trusted proxy. Stop at what is not an address.

        ``nodes`` are in order from right to left.
        """
        client = proxy
        for node in nodes:
            address = _parse_node(node)
            if address is None:
                return client
            client = str(address)
            if not self._trusts(address):
                return client
        return client

    def _trusts(self, address: Address) -> bool:
        return any(address in network for network in self._proxies)


def _last_elements(headers: Sequence[tuple[bytes, bytes]], name: bytes) -> str:
    """Return the last elements of a list header: those in its last ``MAX_SIZE`` bytes."""
    text = b",".join(value for field, value in headers if field == name).decode("latin-1")
    if len(text) > MAX_SIZE:
        text = text[-MAX_SIZE:].partition(",")[2]
    return text.strip(_BLANKS + ",")


def _forwarded_nodes(text: str) -> Iterator[str]:
    """Yield the ``for`` of each element of ``Forwarded``, or ``""``, the last one first."""
    for element in _split_from_right(text, ","):
        pairs = filter(None, map(parse_named_value, _split_from_right(element, ";")))
        yield next((value for name, value in pairs if name == "for"), "")


def _forwarded_for_nodes(text: str) -> Iterator[str]:
    """Yield the elements of ``X-Forwarded-For``, the last one first."""
    return filter(None, (element.strip(_BLANKS) for element in reversed(text.split(","))))


def _split_from_right(text: str, separator: str) -> Iterator[str]:
    """Yield the parts of a list, the last one first. Nothing separates within a quoted string.

    From the right, what a proxy appends is parsed first. From the left, a client could hide it by a
    quotation mark.
    """
    part, is_quoted = "", False
    for piece in reversed(text.split(separator)):
        part = piece + separator + part if is_quoted else piece
        is_quoted ^= _ESCAPE.sub("", piece).count('"') % 2 == 1
        if not is_quoted and (stripped := part.strip(_BLANKS)):
            yield stripped


def _parse_node(node: str) -> Address | None:
    found = _NODE.fullmatch(node)
    return parse_address(found[1] or found[2] or found[3]) if found else None


NODE_FINDERS: dict[bytes, Callable[[str], Iterator[str]]] = {
    b"forwarded": _forwarded_nodes,
    b"x-forwarded-for": _forwarded_for_nodes,
}
"""The headers that name clients, and how to find the addresses in them."""
