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

LENGTH = 32
"""Number of digits of a generated id."""

GENERATED = 64
"""Number of ids that are generated at once."""

_generated: list[str] = []

_VALID = re.compile(rb"[A-Za-z0-9._-]{1,128}")


def find_request_id(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """Return the id in ``X-Request-ID``, or a random one if there is none, or it is not valid.

    A random id has 128 bits, in hexadecimal digits.
    """
    found, number = b"", 0
    for name, value in headers:
        if name == HEADER:
            found, number = value, number + 1
    if number == 1 and _VALID.fullmatch(found):
        return found.decode("ascii")
    return _generated.pop() if _generated else _generate()


def _generate() -> str:
    """Return a new id, and generate the next ones: together they take a fraction of the time."""
    text = f"{getrandbits(128 * GENERATED):0{LENGTH * GENERATED}x}"  # no secret: it may be guessed
    ids = [text[start : start + LENGTH] for start in range(0, len(text), LENGTH)]
    _generated.extend(ids[1:])
    return ids[0]
