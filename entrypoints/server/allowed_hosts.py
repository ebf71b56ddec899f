"""The hosts that a server serves.

A web page can change the address of its own domain name to the address of this server, and then
read its responses (DNS rebinding). The ``Host`` of such a request is still the page's name.
"""

from collections.abc import Collection, Iterable
from ipaddress import ip_address

from entrypoints.addresses import is_loopback
from entrypoints.http.paths import HEALTH_PATHS

EVERY = "*"
"""The name that allows every host."""

LOOPBACK = "127.0.0.1"
"""The name that allows every loopback address."""

LOOPBACK_HOSTS = (LOOPBACK, "localhost", "*.localhost")

EXEMPT_PATHS = frozenset(path.encode() for path in HEALTH_PATHS)
"""Paths that probes request by the address of the process, whatever its name."""


class AllowedHosts:
    """A set of hosts: names, addresses, ``*.name`` for all subdomains, or ``*`` for every host."""

    def __init__(self, hosts: Iterable[str]) -> None:
        self._hosts = frozenset(map(_normalize, hosts))
        self._suffixes = tuple(host[1:] for host in self._hosts if host.startswith("*."))

    def __contains__(self, host: str) -> bool:
        """Return whether the host is allowed. ``host`` is in lower case, without a port."""
        if host in self._hosts or EVERY in self._hosts:
            return True
        name = host.rstrip(".")
        if name in self._hosts or name.endswith(self._suffixes):
            return True
        return LOOPBACK in self._hosts and is_loopback(name)


def default_hosts(listening_address: str) -> Collection[str]:
    """Return the hosts that are allowed if none are configured.

    On a loopback address these are the loopback names and addresses, otherwise all.
    """
    return LOOPBACK_HOSTS if is_loopback(listening_address) else (EVERY,)


def _normalize(host: str) -> str:
    """Return a name or an address in the form in which requests are checked."""
    text = host.lower().strip("[]").rstrip(".")
    try:
        return str(ip_address(text))
    except ValueError:
        return text
