"""How many connections the process can accept."""

import resource

from entrypoints.server.sockets import ACCEPTS_PER_TICK

RESERVED = 64 + 3 * ACCEPTS_PER_TICK
"""File descriptors for logs, the event loop, the interpreter, and the listening sockets.

Each listening socket may accept a connection beyond the limit in a tick, and a second one before
the first is closed. Without a descriptor for it, the event loop would close it without a response.
"""

MINIMUM = 16
"""Connections that are allowed in any case."""


def connection_capacity(*, reserved: int) -> int:
    """Return how many client connections the limit on open files allows, at least ``MINIMUM``.

    ``reserved`` is the number of files that others open. Without a limit, returns 2**31.
    """
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if limit == resource.RLIM_INFINITY:
        return 2**31
    return max(MINIMUM, limit - RESERVED - reserved)
