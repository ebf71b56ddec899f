"""Log lines about limits that have been reached, few enough for a flood of refusals."""

import logging
import time
from collections.abc import Callable

INTERVAL = 10.0
"""Minimum time in seconds between two lines about one limit."""

log = logging.getLogger(__name__)


class OverloadLog:
    """Logs at most one line in ``INTERVAL``, with the number of events since the last line.

    ``event`` is what happens at the limit, such as "refused".
    """

    def __init__(
        self,
        message: str,
        event: str = "refused",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._message = message
        self._event = event
        self._clock = clock
        self._next = 0.0
        self._number = 0

    def report(self) -> None:
        """Count an event, and log it unless a line was logged just before."""
        self._number += 1
        now = self._clock()
        if now >= self._next:
            log.warning("%s; %s: %d", self._message, self._event, self._number)
            self._next = now + INTERVAL
            self._number = 0
