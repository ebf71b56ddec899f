"""Scans, and pages of a large file: statements that run in threads.

Each scan first runs as a short scan. If it takes longer, it continues as a long scan; if there is
no thread for that, it is stopped, and begins again when there is one. So a count does not wait for
the end of a page at a large offset. Of the long scans in progress, two run at a time, for a slice
of time each; the others are paused (a multilevel feedback queue: Corbató et al., "An Experimental
Time-Sharing System", AFIPS 1962)::

    short    1 thread     to the end, but at most for 0.05 s
    long     8 threads    2 of them run, for 0.05 s in turn; each client has at most 2 threads
    pages    4 threads    to the end

All waiting is in queues in which clients take turns.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.client_slots import ClientSlots
from adapters.sqlite.scans.execution import Execution
from adapters.sqlite.scans.log_limit import LogLimit
from adapters.sqlite.scans.threads import Threads
from adapters.sqlite.served.served_file import ServedFile
from service_layer.errors import StoreUnavailable
from service_layer.telemetry.measurements import Counter, Gauge, Measurement

SHORT_SCANS = 1
"""Maximum number of concurrent short scans."""

LONG_SCANS = 8
"""Maximum number of long scans in progress."""

LONG_SCANS_OF_A_CLIENT = 2
"""Maximum number of long scans in progress of each client."""

RUNNING_LONG_SCANS = 2
"""Maximum number of long scans that run. More would only compete for the processor."""

PAGES = 4
"""Maximum number of concurrent pages. They wait for the disk rather than for the processor."""

THREADS = SHORT_SCANS + LONG_SCANS + PAGES
CONNECTIONS = THREADS + 1
"""Number of connections: one for each thread, and one for checkpoints."""

SLICE = 0.05
"""Maximum duration of a short scan in seconds, and time for which a long scan runs in turn."""


class ScanPool:
    """Executes scans and pages of one file. ``timeout`` is that of a scan, in seconds."""

    def __init__(self, file: ServedFile, timeout: float) -> None:
        self._timeout = timeout
        self._short = ClientSlots(SHORT_SCANS)
        self._long = ClientSlots(LONG_SCANS, each=LONG_SCANS_OF_A_CLIENT)
        self._running = ClientSlots(RUNNING_LONG_SCANS)
        self._pages = ClientSlots(PAGES)
        self._threads = Threads(file, THREADS)
        self._log = LogLimit(file)
        self._timed_out = 0
        self._stopped_for_log = 0

    async def scan(self, client: str, text: str, arguments: Sequence[Any]) -> Sequence[Any]:
        """Execute the statement in a thread and return all rows.

        A timeout or a cancellation interrupts it. Raises ``StoreUnavailable`` after ``timeout``
        seconds, which include the wait for a thread.
        """
        scan = _Scan(client, text, arguments, self._short)
        try:
            async with asyncio.timeout(self._timeout):
                while (rows := await self._attempt(scan)) is None:
                    pass
                return rows
        except TimeoutError:
            self._timed_out += 1
            message = f"a scan exceeded its timeout of {self._timeout:g} s"
            raise StoreUnavailable(message) from None

    async def page(self, client: str, text: str, arguments: Sequence[Any]) -> Sequence[Any]:
        """Execute a statement that reads a limited number of rows, and return all of them."""
        await self._pages.acquire(client)
        try:
            async with self._log.reading(), self._threads.execute(text, arguments) as execution:
                return await execution.rows()
        finally:
            self._pages.release(client)

    def measure(self) -> Iterable[Measurement]:
        """Return the scans in progress, those that were stopped, and the size of the log."""
        yield Gauge("sqlite_scans", "Scans and pages in progress.", self._log.running)
        for reason, number in (("timeout", self._timed_out), ("log_size", self._stopped_for_log)):
            yield Counter("sqlite_scans_stopped", "Scans stopped.", number, {"reason": reason})
        yield Gauge("sqlite_log_size_bytes", "Size of the write-ahead log.", self._log.size())

    def open(self) -> None:
        """Open all connections."""
        self._threads.open()
        self._log.open()

    def close(self) -> None:
        """Close the threads and connections. Waits for running statements."""
        self._threads.close()
        self._log.close()

    async def _attempt(self, scan: "_Scan") -> Sequence[Any] | None:
        """Execute the scan, and return all rows, or ``None`` if it has to begin again."""
        client, slots = scan.client, scan.slots
        await slots.acquire(client)
        try:
            async with (
                self._log.reading(),
                self._threads.execute(scan.text, scan.arguments) as execution,
            ):
                if slots is self._short and not await execution.has_ended(SLICE):
                    scan.slots = self._long
                    if not self._long.try_acquire(client):
                        return None
                    self._short.release(client)
                    slots = self._long
                if slots is self._long and not await self._run_in_slices(client, execution):
                    return None
                return await execution.rows()
        finally:
            slots.release(client)

    async def _run_in_slices(self, client: str, execution: Execution) -> bool:
        """Let the long scan run in turn with others. Return ``False`` if it has to begin again."""
        while True:
            execution.pause.begin()
            await self._running.acquire(client)
            try:
                execution.pause.end()
                while not self._log.has_to_stop():
                    if await execution.has_ended(SLICE):
                        return True
                    if self._running.has_waiters:
                        break
                else:
                    self._stopped_for_log += 1
                    return False
            finally:
                self._running.release(client)


@dataclass(slots=True)
class _Scan:
    """A scan, and where it waits for a thread: among the short or the long ones."""

    client: str
    text: str
    arguments: Sequence[Any]
    slots: ClientSlots
