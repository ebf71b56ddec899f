"""The sockets that the server listens on: bound before anything else starts."""

import socket

BACKLOG = 2048
"""Connections the kernel holds until they are accepted."""

ACCEPTED_AT_ONCE = 16
"""New connections that a process which is alone takes in a round of its event loop (record 24)."""


class CannotListen(Exception):
    """The address can't be had; the message is a sentence for the operator."""


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that already takes connections. Raises ``CannotListen``.

    Port 0 is one that the system picks. Bound before anything else starts, so that an address in
    use is told at once.
    """
    try:
        family, *_ = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or "not the name of a host"
        raise CannotListen(f"can't listen on {host} port {port}: {reason}") from None


def address(listener: socket.socket) -> str:
    """Return the URL that the socket answers at, without a trailing slash."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def duplicate_listeners(listener: socket.socket) -> list[socket.socket]:
    """Return the socket and duplicates of it, of each of which a loop takes one connection a round.

    Several processes should watch it once each, or the first to look would take all.
    """
    return [listener, *(listener.dup() for _ in range(ACCEPTED_AT_ONCE - 1))]
