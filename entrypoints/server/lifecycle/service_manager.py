"""Notify systemd that the service has started or is stopping (sd_notify(3), ``Type=notify``)."""

import logging
import os
import socket

READY = b"READY=1"
STOPPING = b"STOPPING=1"

log = logging.getLogger(__name__)


def notify(state: bytes) -> None:
    """Send the state to the service manager, if there is one. Never waits."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    if address.startswith("@"):  # in the abstract namespace
        address = "\0" + address[1:]
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as connection:
            connection.settimeout(0)
            connection.sendto(state, address)
    except OSError as error:
        log.warning("the service manager could not be notified: %s", error)
