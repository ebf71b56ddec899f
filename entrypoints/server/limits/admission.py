"""Admission control: limits on the requests that are started at the same time, and that wait.

A started request that waits holds about 22 kB of objects. If there are many, a resumed request
finds its objects evicted from the processor's cache. So requests beyond the concurrency that the
database needs are not started yet. Databases limit their transactions for a similar reason (Heiss
and Wagner, "Adaptive Load Control in Transaction Processing Systems", VLDB 1991).

On PostgreSQL this increases throughput by 5 to 15 % with 64 clients, and by 17 to 22 % with 256
(record 25).

If requests arrive faster than they are executed, the queue would grow without bound, and each
request would wait longer than the one before. So requests beyond a number of waiting ones are
refused. While that happens, requests that have waited long are refused, too: otherwise all requests
would wait as long as the full queue takes.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Sized

from entrypoints.server.limits.overload_log import OverloadLog
from service_layer.telemetry.measurements import Counter, Gauge, Measurement

MAX_WAIT = 0.2
"""Time in seconds that a request may wait in the queue during an overload."""

FULL_PAUSE = 0.002
"""Time in seconds until the queue is looked at again if nothing can be started.

Without it, an event loop whose requests all wait for the database would never sleep.
"""

OVERLOAD_PERIOD = 1.0
"""Time in seconds after the last refusal until an overload is considered to be over."""

Callback = Callable[[], object]


class Admission:
    """Starts requests in order of arrival.

    A request starts immediately if fewer than ``limit`` requests are in progress. Otherwise it is
    queued. Each event loop tick starts queued requests up to the limit, but at least one. The loop
    does not sleep while requests are queued, so requests that wait for locks do not block the
    queue. Only during an overload, none is started beyond twice the limit.

    At most ``max_pending`` requests wait, in the queue or in progress beyond ``limit``.
    """

    def __init__(self, limit: int, max_pending: int) -> None:
        self._limit = limit
        self._max_pending = max_pending
        self._queue: deque[tuple[float, Callback, Callback]] = deque()
        self._overload_ends = 0.0
        self._shed = 0
        self._log = OverloadLog(f"requests that wait: {max_pending}, the maximum of this process")

    def measure(self) -> Iterable[Measurement]:
        """Return the number of requests in the queue, and of those that were refused."""
        yield Gauge(
            "http_server_pending_requests", "Requests that wait to be started.", len(self._queue)
        )
        yield Counter(
            "http_server_requests_shed", "Requests that got 503 in an overload.", self._shed
        )

    def submit(self, start: Callback, refuse: Callback, in_progress: Sized) -> None:
        """Call ``start`` or ``refuse``, now or from the queue.

        ``start`` must add the request to ``in_progress``.
        """
        if not self._queue and len(in_progress) < self._limit:
            start()
            return
        loop = asyncio.get_running_loop()
        now = loop.time()
        if len(self._queue) + max(0, len(in_progress) - self._limit) >= self._max_pending:
            self._refuse(refuse, now)
            return
        if not self._queue:
            loop.call_soon(self._admit, in_progress)
        self._queue.append((now, start, refuse))

    def refuse_queued(self) -> None:
        """Refuse all requests that are queued."""
        while self._queue:
            _, _, refuse = self._queue.popleft()
            refuse()

    def _admit(self, in_progress: Sized) -> None:
        """Start queued requests up to the limit, or one if the limit is reached.

        During an overload, in which all requests take long, none is started beyond twice the limit.
        """
        loop = asyncio.get_running_loop()
        now = loop.time()
        is_overloaded = now < self._overload_ends
        if is_overloaded:
            self._refuse_late(now)
        is_full = is_overloaded and len(in_progress) >= 2 * self._limit
        free = 0 if is_full else max(1, self._limit - len(in_progress))
        admitted = [self._queue.popleft() for _ in range(min(free, len(self._queue)))]
        if self._queue and is_full:
            loop.call_later(FULL_PAUSE, self._admit, in_progress)
        elif self._queue:
            loop.call_soon(self._admit, in_progress)
        for _, start, _ in admitted:
            start()

    def _refuse_late(self, now: float) -> None:
        """Refuse requests that have waited longer than ``MAX_WAIT``."""
        while self._queue and now - self._queue[0][0] > MAX_WAIT:
            _, _, refuse = self._queue.popleft()
            self._refuse(refuse, now)

    def _refuse(self, refuse: Callback, now: float) -> None:
        self._log.report()
        self._shed += 1
        self._overload_ends = now + OVERLOAD_PERIOD
        refuse()
