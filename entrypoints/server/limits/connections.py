"""Limits on the number of connections, of a process and of each client.

Every connection takes a file descriptor. When the process has none left, it can neither accept
connections nor open the files of its database.
"""

from collections import Counter
from collections.abc import Iterable

from entrypoints.addresses import client_key
from entrypoints.server.limits.overload_log import OverloadLog
from service_layer.telemetry import measurements
from service_layer.telemetry.measurements import Gauge, Measurement


class ConnectionLimit:
    """Counts connections in all and for each client.

    ``each`` is the limit for each client, ``None`` if there is none. Clients with IPv6 addresses
    are counted by their network, see ``client_key``.
    """

    def __init__(self, total: int, each: int | None = None) -> None:
        self._total = total
        self._each = each
        self._open = 0
        self._refused = 0
        self._open_of: Counter[str] = Counter()
        self._log = OverloadLog(f"connections: {total}, the maximum of this process")
        self._log_each = OverloadLog(f"connections of one address: {each}, the maximum")

    def acquire(self, address: str | None) -> bool:
        """Count a new connection, and return ``True``, or ``False`` if a limit has been reached.

        ``address`` is that of the client, or ``None`` for a connection that belongs to no single
        client, such as that of a proxy.
        """
        if self._open >= self._total:
            self._log.report()
            self._refused += 1
            return False
        if self._each is not None and address is not None:
            key = client_key(address)
            if self._open_of[key] >= self._each:
                self._log_each.report()
                self._refused += 1
                return False
            self._open_of[key] += 1
        self._open += 1
        return True

    def measure(self) -> Iterable[Measurement]:
        """Return the number of connections, their limit, and how many were refused."""
        yield Gauge("http_server_connections", "Open connections.", self._open)
        yield Gauge("http_server_connections_max", "Limit on open connections.", self._total)
        yield measurements.Counter(
            "http_server_connections_refused", "Connections that got 503.", self._refused
        )

    def release(self, address: str | None) -> None:
        """Stop counting a connection for which ``acquire`` returned ``True``."""
        self._open -= 1
        if self._each is not None and address is not None:
            key = client_key(address)
            self._open_of[key] -= 1
            if not self._open_of[key]:
                del self._open_of[key]
