"""The id of a request, which its response and its log lines have.

A client or a proxy may choose it, so that a request can be found in the logs of all services.
"""

import os
import re
from collections.abc import Iterable
from contextvars import ContextVar

HEADER = b"x-request-id"

REQUEST_ID = "request_id"
"""Key of the id in the ASGI scope."""

current_request_id: ContextVar[str | None] = ContextVar("current_request_id", default=None)
"""The id of the request that the current task serves."""

_VALID = re.compile(rb"[A-Za-z0-9._-]{1,128}")


def find_request_id(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """Return the id in ``X-Request-ID``, or a new one if there is none, a bad one, or several."""
    found = [value for name, value in headers if name == HEADER]
    if len(found) == 1 and _VALID.fullmatch(found[0]):
        return found[0].decode("ascii")
    return make_request_id()


def make_request_id() -> str:
    """Return a random id of 128 bits, in hexadecimal digits."""
    return os.urandom(16).hex()
