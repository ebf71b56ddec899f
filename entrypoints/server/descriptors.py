"""How many connections the process can open."""

import resource

RESERVED = 64
"""File descriptors for listening sockets, logs, the event loop and the interpreter."""

MINIMUM = 16
"""Connections that are allowed in any case."""


def max_connections(*, reserved: int) -> int:
    """Return the limit on open files, less ``reserved`` and what the server itself needs."""
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if limit == resource.RLIM_INFINITY:
        return 2**31
    return max(MINIMUM, limit - RESERVED - reserved)
