"""SQLAlchemy's connection pool, which counts the waits for a connection.

It overrides a private method of SQLAlchemy: none of its events is about a wait. A test watches it.
"""

from collections.abc import Iterable

from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import AsyncAdaptedQueuePool, ConnectionPoolEntry

from service_layer.telemetry.measurements import Counter, Gauge, Measurement


class MeasuredPool(AsyncAdaptedQueuePool):
    """A pool without overflow. Counting costs less than a microsecond for each connection."""

    _waiting = 0
    _waits = 0
    _timeouts = 0

    def measure(self, name: str) -> Iterable[Measurement]:
        """Return the number of connections and of waits, labelled with the name of the pool."""
        labels = {"db_client_connection_pool_name": name}
        for state, number in (("used", self.checkedout()), ("idle", self.checkedin())):
            of_state = {**labels, "db_client_connection_state": state}
            yield Gauge("db_client_connection_count", "Connections of a pool.", number, of_state)
        yield Gauge("db_client_connection_max", "Size of a pool.", self.size(), labels)
        yield Gauge(
            "db_client_connection_pending_requests",
            "Waits for a connection.",
            self._waiting,
            labels,
        )
        yield Counter(
            "db_client_connection_waits", "Waits for a connection so far.", self._waits, labels
        )
        yield Counter(
            "db_client_connection_timeouts", "Waits that timed out.", self._timeouts, labels
        )

    def _do_get(self) -> ConnectionPoolEntry:
        if self.checkedout() < self.size():
            return super()._do_get()
        self._waits += 1
        self._waiting += 1
        try:
            return super()._do_get()
        except PoolTimeoutError:
            self._timeouts += 1
            raise
        finally:
            self._waiting -= 1
