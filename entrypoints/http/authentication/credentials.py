"""The credential of a request (RFC 6750, section 2.1)."""

from collections.abc import Iterable
from string import ascii_letters, digits

FIELD = b"authorization"
"""The header's name in lower case, as in ASGI."""

MAX_AUTHORIZATION = 8 * 1024
"""Maximum size of the header's value in bytes. A larger one is not parsed.

By default nginx refuses longer header lines.
"""

SCHEME = b"bearer"
"""The scheme in lower case. Its case has no meaning (RFC 9110, section 11.1)."""

TOKEN_CHARACTERS = (ascii_letters + digits + "-._~+/").encode()
"""The characters of a credential. It may end with ``=``."""


def read_credential(headers: Iterable[tuple[bytes, bytes]]) -> str | None:
    """Return the bearer credential, or ``None`` unless the request has exactly one."""
    found: bytes | None = None
    for name, value in headers:
        if name == FIELD:
            if found is not None:
                return None
            found = value
    if found is None or len(found) > MAX_AUTHORIZATION:
        return None
    scheme, _, rest = found.partition(b" ")
    credential = rest.lstrip(b" ")
    text = credential.rstrip(b"=")
    if scheme.lower() != SCHEME or not text or text.translate(None, TOKEN_CHARACTERS):
        return None
    return credential.decode("ascii")
