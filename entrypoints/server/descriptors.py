"""How many connections the process can open."""

import resource

from entrypoints.server.sockets import ACCEPTS_PER_TICK

RESERVED = 64 + 2 * ACCEPTS_PER_TICK
"""File descriptors for other things than connections in use.

These are logs, the event loop, the interpreter, the duplicates of the listening socket, and as many
connections that are refused in one event loop tick.
"""

MINIMUM = 16
"""Connections that are allowed in any case."""


def max_connections(*, reserved: int) -> int:
    """Return the limit on open files, less ``reserved`` and what the server itself needs."""
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if limit == resource.RLIM_INFINITY:
        return 2**31
    return max(MINIMUM, limit - RESERVED - reserved)
