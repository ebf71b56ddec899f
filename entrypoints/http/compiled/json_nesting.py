"""How deep JSON is nested, found out before it is parsed.

The depth that Python's parser accepts depends on its version, its build and the call stack: about
950 in a server with Python 3.11, 1,480 with 3.12, 10,000 with 3.13. A bound below these gives all
clients the same response.
"""

import json
import re
from itertools import accumulate

MAX_DEPTH = 500
"""Maximum number of arrays and objects that contain each other."""

_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
"""A string, which may lack its end. It never backtracks: it takes linear time."""

_OPENING, _CLOSING = b"[{", b"]}"
_NOT_OPENING = bytes(set(range(256)) - set(_OPENING))
_NOT_BRACKETS = bytes(set(_NOT_OPENING) - set(_CLOSING))
_STEPS = bytes(0x01 if each in _OPENING else 0xFF for each in range(256))
"""1 for an opening bracket, and -1 as a signed byte for a closing one."""


def is_nested_too_deeply(content: bytes) -> bool:
    """Return whether arrays and objects are nested more than ``MAX_DEPTH`` deep.

    ``content`` may be invalid JSON. It takes 0.1 microseconds for up to ``MAX_DEPTH`` bytes, at
    most about 1 for each kilobyte of a longer body, and up to 4 milliseconds for 64 KiB of nothing
    but brackets.
    """
    if len(content) <= MAX_DEPTH or len(content.translate(None, _NOT_OPENING)) <= MAX_DEPTH:
        return False  # as almost every body: it has fewer brackets, in whatever encoding
    brackets = _STRING.sub(b"", _encode(content)).translate(_STEPS, _NOT_BRACKETS)
    return max(accumulate(memoryview(brackets).cast("b")), default=0) > MAX_DEPTH


def _encode(content: bytes) -> bytes:
    """Return the content in UTF-8, if it is text in the encoding that ``json.loads`` finds."""
    encoding = json.detect_encoding(content)
    if encoding.startswith("utf-8"):
        return content
    return content.decode(encoding, "replace").encode("utf-8", "replace")
