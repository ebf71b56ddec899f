"""Delete expired responses in the background, in small steps.

A step is a unit of work of its own: other writers acquire the lock between two steps, and while
nothing is expired, it changes nothing. Steps follow each other until nothing is left::

    step, pause, step, pause, step    nothing is left    step    nothing is left    step, pause, ...
                                      | interval         |       | interval
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Protocol

from service_layer.errors import StoreConflict, StoreUnavailable
from service_layer.idempotency import PRUNE_SIZE
from service_layer.retention import Retention
from service_layer.unit_of_work import UnitOfWorkFactory

INTERVAL = 10.0
"""Maximum number of seconds between two attempts to prune. A shorter lifetime is the interval."""

PAUSE = 0.005
"""Seconds between two steps, for other tasks."""

MAX_ROWS = 64
"""Maximum number of responses that a step deletes."""

EMBEDDED_STEP = 0.002
"""Seconds above which a step is made smaller if the database runs in this process.

It then blocks the event loop. On a server, a step takes as long as the network does.
"""

COUNT_INTERVAL = 600.0
"""Seconds after which the responses are counted again."""

log = logging.getLogger(__name__)


class PrunedDatabase(UnitOfWorkFactory, Protocol):
    """The part of the port ``Database`` that the pruner uses."""

    is_embedded: bool


class Pruner:
    """Prunes and counts the stored responses of a database, and compares its clock before."""

    def __init__(self, database: PrunedDatabase, retention: Retention) -> None:
        self._database = database
        self._retention = retention
        self._rows = MAX_ROWS
        self._has_failed = False
        self._was_full = False
        self._count_at = float("-inf")

    async def run(self) -> None:
        """Count and prune until the task is cancelled. After a failure, try again."""
        interval = min(INTERVAL, self._retention.lifetime)
        while True:
            has_counted = await self._attempt(self._count)
            has_pruned = await self._attempt(self.prune)
            self._has_failed = not (has_counted and has_pruned)
            self._report_limit()
            await asyncio.sleep(interval)

    async def prune(self) -> None:
        """Delete all expired responses, in steps."""
        while True:
            if not await self._step():
                return
            await asyncio.sleep(PAUSE)

    async def _step(self) -> bool:
        """Delete some expired responses. Return whether there may be more."""
        clock, rows = self._retention.clock, self._rows
        async with self._database.writing() as uow:
            asked_at = clock.monotonic()
            if not clock.compare(await uow.idempotency.time(), asked_at):
                return False
            started = time.perf_counter()
            pruned = await uow.idempotency.prune(clock.latest, rows)
            self._adapt(time.perf_counter() - started)
            if pruned.number:
                await uow.commit()
        self._retention.count.number -= pruned.number
        return pruned.number == rows or pruned.size >= PRUNE_SIZE

    def _adapt(self, seconds: float) -> None:
        """Halve the next step if this one took too long, for instance to read from a slow disk."""
        is_slow = self._database.is_embedded and seconds > EMBEDDED_STEP
        self._rows = max(1, self._rows // 2) if is_slow else min(MAX_ROWS, 2 * self._rows)

    async def _count(self) -> None:
        """Count the responses if it is time to, or if the limit seems to be reached."""
        count, now = self._retention.count, time.monotonic()
        if now >= self._count_at or count.is_full:
            self._count_at = now + COUNT_INTERVAL  # also if it fails: it may take long
            async with self._database.reading() as uow:
                count.number = await uow.idempotency.count(count.limit)

    async def _attempt(self, work: Callable[[], Awaitable[None]]) -> bool:
        """Return whether the work has succeeded. Log the first of several failures in a row.

        An unexpected error is logged each time.
        """
        try:
            await work()
        except (StoreUnavailable, StoreConflict) as error:
            if not self._has_failed:
                log.warning("stored responses cannot be pruned or counted: %s", error)
            self._has_failed = True
            return False
        except Exception:
            log.exception("stored responses cannot be pruned or counted")
            return False
        return True

    def _report_limit(self) -> None:
        """Log that the limit is reached, once until it is reached again."""
        count = self._retention.count
        if count.is_full and not self._was_full:
            log.warning("%d responses are stored, the limit; new keys get 503", count.limit)
        self._was_full = count.is_full
