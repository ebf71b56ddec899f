"""Listening sockets, bound before anything else starts.

So an address in use is reported before the database is migrated.
"""

import socket
from collections.abc import Sequence

BACKLOG = 2048
"""Maximum number of connections that the kernel queues until they are accepted."""

ACCEPTS_PER_TICK = 64
"""New connections that a single process accepts in one event loop tick (record 24)."""

ANY_IPV6 = "::"

SEND_BUFFER = 256 * 1024
"""The kernel's send buffer of a connection, in bytes, as passed to ``SO_SNDBUF``.

A fixed size disables the growth of the buffer up to 4 MiB. Linux doubles the value, and limits it
to ``net.core.wmem_max``.
"""


class CannotListen(Exception):
    """The server cannot listen on the address. The message is for the operator."""


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket. Raises ``CannotListen``.

    Port 0 selects a free port. ``::`` accepts IPv4 too, where the system can.
    """
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.create_server(
            (host, port),
            family=family,
            backlog=BACKLOG,
            dualstack_ipv6=address[0] == ANY_IPV6 and socket.has_dualstack_ipv6(),
        )
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or "invalid host name"
        raise CannotListen(f"cannot listen on {host} port {port}: {reason}") from None
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)  # connections inherit it
    return listener


def format_url(listener: socket.socket) -> str:
    """Return the URL of the socket, without a trailing slash."""
    address, port = get_address(listener), listener.getsockname()[1]
    return f"http://[{address}]:{port}" if ":" in address else f"http://{address}:{port}"


def is_ipv6_only(listener: socket.socket) -> bool:
    """Return whether the socket listens on all addresses of IPv6, and on none of IPv4."""
    return get_address(listener) == ANY_IPV6 and bool(
        listener.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY)
    )


def get_address(listener: socket.socket) -> str:
    """Return the address that the socket listens on."""
    return str(listener.getsockname()[0])


def duplicate_listeners(listener: socket.socket) -> list[socket.socket]:
    """Return the socket and duplicates of it, ``ACCEPTS_PER_TICK`` in total.

    An event loop accepts one connection from each of them in a tick. If several processes share the
    socket, each must watch it only once. Otherwise the first one to wake up accepts every
    connection.
    """
    return [listener, *(listener.dup() for _ in range(ACCEPTS_PER_TICK - 1))]


def accept_queued(listener: socket.socket) -> Sequence[socket.socket]:
    """Accept the connections that the kernel has queued, without waiting, and close the socket."""
    accepted: list[socket.socket] = []
    with listener:
        listener.settimeout(0)
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:  # there are no more, or no more file descriptors
                return accepted
            connection.settimeout(0)
            accepted.append(connection)
