"""Admission control: limits on the requests that are started at the same time, and that wait.

A started request that waits holds about 22 kB of objects. If there are many, a resumed request
finds its objects evicted from the processor's cache. So requests beyond the concurrency that the
database needs are not started yet. Databases limit their transactions for a similar reason (Heiss
and Wagner, "Adaptive Load Control in Transaction Processing Systems", VLDB 1991).

On PostgreSQL this increases throughput by 5 to 15 % with 64 clients, and by 17 to 22 % with 256
(record 25).

If requests arrive faster than they are executed, the queue would grow without end, and each request
would wait longer than the one before. So requests beyond a number of waiting ones are refused.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sized

from entrypoints.server.limits.overload_log import OverloadLog


class Admission:
    """Starts requests in order of arrival.

    A request starts immediately if fewer than ``limit`` requests are in progress. Otherwise it is
    queued. Each event loop tick starts queued requests up to the limit, but at least one. An idle
    event loop ticks every few microseconds, so requests that wait for locks do not block the
    queue.

    At most ``max_pending`` requests wait, in the queue or in progress beyond ``limit``.
    """

    def __init__(self, limit: int, max_pending: int) -> None:
        self._limit = limit
        self._max_pending = max_pending
        self._queue: deque[Callable[[], None]] = deque()
        self._log = OverloadLog(f"requests that wait: {max_pending}, the maximum of this process")

    def submit(self, start: Callable[[], None], in_progress: Sized) -> bool:
        """Call ``start`` now or from the queue; it must add the request to ``in_progress``.

        Returns ``False`` if too many requests wait; then ``start`` is never called.
        """
        if not self._queue and len(in_progress) < self._limit:
            start()
            return True
        if not self._has_room(in_progress):
            return False
        if not self._queue:
            asyncio.get_running_loop().call_soon(self._admit, in_progress)
        self._queue.append(start)
        return True

    def _has_room(self, in_progress: Sized) -> bool:
        pending = len(self._queue) + max(0, len(in_progress) - self._limit)
        if pending < self._max_pending:
            return True
        self._log.report()
        return False

    def _admit(self, in_progress: Sized) -> None:
        """Start queued requests up to the limit, but at least one."""
        free = max(1, self._limit - len(in_progress))
        admitted = [self._queue.popleft() for _ in range(min(free, len(self._queue)))]
        if self._queue:
            asyncio.get_running_loop().call_soon(self._admit, in_progress)
        for start in admitted:
            start()
