"""The credential of a request (RFC 6750, section 2.1)."""

import re
from collections.abc import Iterable

FIELD = b"authorization"
"""The header's name in lower case, as in ASGI."""

MAX_AUTHORIZATION = 8 * 1024
"""Maximum size of the header's value in bytes. A larger one is not parsed.

By default nginx refuses longer header lines.
"""

_BEARER = re.compile(rb"[Bb][Ee][Aa][Rr][Ee][Rr] ++([A-Za-z0-9._~+/-]++=*+)")


def read_credential(headers: Iterable[tuple[bytes, bytes]]) -> str | None:
    """Return the bearer credential, or ``None`` unless there is exactly one, of valid syntax."""
    fields = [value for name, value in headers if name == FIELD]
    if len(fields) != 1 or len(fields[0]) > MAX_AUTHORIZATION:
        return None
    found = _BEARER.fullmatch(fields[0])
    return found[1].decode("ascii") if found else None
