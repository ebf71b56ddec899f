"""Tell the service manager that started this process that it serves: sd_notify(3)."""

import os
import socket
from contextlib import suppress

ADDRESS = "NOTIFY_SOCKET"
"""The variable with the path of the service manager's socket; ``@`` begins an abstract name."""


async def notify_ready() -> None:
    """Send ``READY=1``. Without a service manager, or if it does not receive, do nothing."""
    address = os.environ.get(ADDRESS, "")
    if not address:
        return
    if address.startswith("@"):
        address = f"\0{address[1:]}"
    kind = socket.SOCK_DGRAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK
    with suppress(OSError), socket.socket(socket.AF_UNIX, kind) as sender:
        sender.sendto(b"READY=1", address)
