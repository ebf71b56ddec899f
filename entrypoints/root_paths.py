"""Root paths: the prefix of a service's paths on a host that it shares, such as ``/api``."""

import re

MAX_LENGTH = 255

_ROOT_PATH = re.compile(r"(?:/(?!\.{1,2}(?:/|\Z))[A-Za-z0-9._~-]++)*+/?+")
"""Segments of unreserved characters (RFC 3986, section 2.3), none of them ``.`` or ``..``.

So a URL that begins with it is never read as a host, and is the same encoded and decoded.
"""


def parse_root_path(text: str) -> str | None:
    """Return the root path without a slash at its end, or ``None`` for any other text.

    That of a service with a host of its own is ``""``.
    """
    if len(text) > MAX_LENGTH or not _ROOT_PATH.fullmatch(text):
        return None
    return text.removesuffix("/")
