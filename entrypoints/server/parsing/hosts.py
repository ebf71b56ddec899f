"""The host that a request is for (RFC 9112, sections 3.2 and 3.3; RFC 3986, section 3.2.2)."""

import re
from collections.abc import Sequence
from functools import lru_cache
from ipaddress import AddressValueError, IPv6Address

from entrypoints.server.parsing.refusals import Refused, bad_request

MAX_HOST = 300
"""Maximum size in bytes of a ``Host`` field. A domain name has at most 253 characters."""

MAX_CACHED_HOSTS = 256
"""Maximum number of ``Host`` fields whose hosts are cached."""

MAX_PORT = 65535

_HOST = re.compile(
    r"(?:\[([0-9A-Fa-f:.]++)\]|((?:[A-Za-z0-9._~!$&'()*+;=-]|%[0-9A-Fa-f]{2})*+))(?::([0-9]*+))?"
)
"""An IPv6 address, or a name or IPv4 address, and a port.

RFC 3986 allows commas in names; here they are refused, because a list is not a host.
"""


def find_host(headers: Sequence[tuple[bytes, bytes]], *, is_required: bool) -> str | None:
    """Return the host of the ``Host`` field, or ``None`` if there is none. Raises ``Refused``."""
    fields = [value for name, value in headers if name == b"host"]
    if len(fields) > 1 or (is_required and not fields):
        raise bad_request("Exactly one Host header is required.")
    return parse_host(fields[0]) if fields else None


def parse_host(field: bytes) -> str:
    """Return the host in lower case, without the port. An IPv6 address has no brackets.

    Raises ``Refused``.
    """
    if len(field) > MAX_HOST:
        raise _invalid_host()
    return _parse_host(field)


@lru_cache(MAX_CACHED_HOSTS)
def _parse_host(field: bytes) -> str:
    found = _HOST.fullmatch(field.decode("latin-1"))
    if found is None or int(found[3] or 0) > MAX_PORT:
        raise _invalid_host()
    address, name, _ = found.groups()
    return str(name).lower() if address is None else _normalize_address(address)


def _normalize_address(address: str) -> str:
    try:
        return str(IPv6Address(address))
    except AddressValueError:
        raise _invalid_host() from None


def _invalid_host() -> Refused:
    return bad_request("The host is not valid.")
