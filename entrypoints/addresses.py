"""Addresses of clients, and the keys under which limits count clients."""

from collections.abc import Mapping
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

Address = IPv4Address | IPv6Address

IPV6_PREFIX = 64
"""Prefix length in bits of the IPv6 network that counts as one client, which may use all of it."""

CACHE_SIZE = 4096
"""Maximum number of addresses whose keys are cached: to parse one takes microseconds."""


@lru_cache(CACHE_SIZE)
def client_key(address: str) -> str:
    """Return the key under which a client is counted: its IPv4 address, or its IPv6 network."""
    parsed = parse_address(address)
    if isinstance(parsed, IPv6Address):
        return str(ip_network((parsed, IPV6_PREFIX), strict=False))
    return address if parsed is None else str(parsed)


def find_client(scope: Mapping[str, Any]) -> str:
    """Return the key of the client in an ASGI scope. All requests without an address share one."""
    client = scope.get("client")
    return client_key(client[0]) if client else ""


def is_loopback(text: str) -> bool:
    """Return whether the text is a loopback address. Names are not resolved."""
    address = parse_address(text)
    return address is not None and address.is_loopback


def parse_address(text: str) -> Address | None:
    """Return the address; an IPv4 address if it is mapped to IPv6. A name is ``None``."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
