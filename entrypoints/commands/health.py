"""``heroes health``: the readiness of the running service, for the probe of a container."""

import json
import socket
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from ipaddress import IPv6Address, ip_address

import typer

from entrypoints.commands.exit_codes import FAILED, exit_on_error, print_line, print_warning
from entrypoints.http.paths import READY_PATH
from entrypoints.settings import PREFIX, InvalidSettings, Settings, load_settings

TIMEOUT = 5.0
"""Seconds within which the service must respond. Readiness waits 3 s for the database."""

IPV4_LOOPBACK, IPV6_LOOPBACK = "127.0.0.1", "::1"

MAX_RESPONSE = 64 * 1024
"""Maximum size in bytes of a response that is read."""


def print_health() -> None:
    """Request /readyz of the running service. Exit with 0 if it is ready, and with 1 if not.

    Its address and port are those of the settings: the admin port, if it is set.
    """
    with exit_on_error():
        host, port = find_address(load_settings(print_warning))
        try:
            status, body = request(host, port)
        except (OSError, HTTPException) as error:
            reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
            print_warning(f"the service at {host} port {port} does not respond: {reason}", "error")
            raise typer.Exit(FAILED) from None
        checks = read_checks(body)
        if checks is None:
            print_warning(f"the server at {host} port {port} is not this service", "error")
            raise typer.Exit(FAILED)
        for name, result in checks.items():
            print_line(f"{name}: {result}")
    if status != HTTPStatus.OK:
        raise typer.Exit(FAILED)


def find_address(settings: Settings) -> tuple[str, int]:
    """Return the address and the port at which the service responds to this machine."""
    if settings.admin_port is None:
        name, host, port = "PORT", settings.host, settings.port
    else:
        name, host, port = "ADMIN_PORT", settings.admin_host, settings.admin_port
    if port == 0:
        raise InvalidSettings(f"{PREFIX}{name} is 0, so the port of the service is not known")
    return _reachable(host), port


def request(host: str, port: int) -> tuple[int, bytes]:
    """Return the status and the body of ``/readyz``. Raises ``OSError``, ``HTTPException``."""
    connection = HTTPConnection(host, port, timeout=TIMEOUT)
    try:
        connection.request("GET", READY_PATH)
        response = connection.getresponse()
        return response.status, response.read(MAX_RESPONSE)
    finally:
        connection.close()


def read_checks(body: bytes) -> dict[str, object] | None:
    """Return the results of the checks by name, or ``None`` if the body has none."""
    try:
        checks = json.loads(body)["checks"]
    except (ValueError, KeyError, TypeError):
        return None
    return checks if isinstance(checks, dict) else None


def _reachable(host: str) -> str:
    """Return an address for a listener on all addresses, and any other host as it is."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if not address.is_unspecified:
        return host
    is_ipv6 = isinstance(address, IPv6Address) and _has_ipv6_loopback()
    return IPV6_LOOPBACK if is_ipv6 else IPV4_LOOPBACK


def _has_ipv6_loopback() -> bool:
    """Return whether the system has ``::1``. Some containers lack it; ``::`` is IPv4 too there."""
    try:
        socket.create_server((IPV6_LOOPBACK, 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True
