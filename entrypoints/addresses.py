"""Addresses of clients, and what limits count clients by."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

Address = IPv4Address | IPv6Address

IPV6_PREFIX = 64
"""Length of the IPv6 prefixes of networks. A client may use every address of its network."""


def client_key(address: str) -> str:
    """Return what limits count clients by: the address, or the network of an IPv6 address."""
    parsed = parse_address(address)
    if isinstance(parsed, IPv6Address):
        return str(ip_network((parsed, IPV6_PREFIX), strict=False))
    return address if parsed is None else str(parsed)


def parse_address(text: str) -> Address | None:
    """Return the address; an IPv4 address if it is mapped to IPv6. A name is ``None``."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
