"""How many connections the process can open."""

import resource

from entrypoints.server.sockets import ACCEPTS_PER_TICK

RESERVED = 64 + 2 * ACCEPTS_PER_TICK
"""File descriptors for logs, the event loop, the interpreter, and the listening sockets.

Each of these may accept a connection beyond the limit, which is closed in the next tick.
"""

MINIMUM = 16
"""Connections that are allowed in any case."""


def max_connections(*, reserved: int) -> int:
    """Return the limit on open files, less ``reserved`` and what the server itself needs."""
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if limit == resource.RLIM_INFINITY:
        return 2**31
    return max(MINIMUM, limit - RESERVED - reserved)
