"""How many connections the process can open."""

import resource

from entrypoints.server.sockets import ACCEPTS_PER_TICK

RESERVED = 64 + 3 * ACCEPTS_PER_TICK
"""File descriptors for logs, the event loop, the interpreter, and the listening sockets.

Each of these may accept a connection beyond the limit in a tick, and a second one before the first
is closed. Without a descriptor for it, the event loop would close it without a response.
"""

MINIMUM = 16
"""Connections that are allowed in any case."""


def max_connections(*, reserved: int) -> int:
    """Return the limit on open files, less ``reserved`` and what the server itself needs."""
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if limit == resource.RLIM_INFINITY:
        return 2**31
    return max(MINIMUM, limit - RESERVED - reserved)
