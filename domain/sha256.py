"""SHA-256 for short texts, by CPython's own module.

``hashlib`` uses OpenSSL, whose code and tables are usually not in the processor's cache when a
request arrives. For short texts CPython's own module takes less time (record 43), and more for
texts over a kilobyte. It is private, and its name depends on the version, so it may be missing.
"""

import hashlib
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from typing import Any

MODULES = ("_sha2", "_sha256")
"""The modules since Python 3.12 and up to 3.11."""


def _find_sha256() -> Callable[[bytes], Any]:
    for name in MODULES:
        with suppress(ImportError, AttributeError):
            found: Callable[[bytes], Any] = import_module(name).sha256
            return found
    return hashlib.sha256


sha256 = _find_sha256()
"""Takes bytes, and returns an object whose method ``digest`` returns 32 bytes."""
