"""The id of a request, which is in its response and its log lines.

A client or a proxy may choose it, to find the request in the logs of several services.
"""

import re
from collections.abc import Iterable
from contextvars import ContextVar
from random import getrandbits

HEADER = b"x-request-id"

REQUEST_ID = "request_id"
"""Key of the id in the ASGI scope."""

current_request_id: ContextVar[str | None] = ContextVar("current_request_id", default=None)
"""The id of the request that the current task handles."""

_VALID = re.compile(rb"[A-Za-z0-9._-]{1,128}")


def find_request_id(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """Return the id in ``X-Request-ID``, or a new one if there is none, or it is not valid."""
    found = [value for name, value in headers if name == HEADER]
    if len(found) == 1 and _VALID.fullmatch(found[0]):
        return found[0].decode("ascii")
    return make_request_id()


def make_request_id() -> str:
    """Return a random id of 128 bits, in hexadecimal digits. It can be guessed: it is no secret."""
    return f"{getrandbits(128):032x}"  # a third of the time of os.urandom
