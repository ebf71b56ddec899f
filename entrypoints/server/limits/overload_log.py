"""Log lines about limits that have been reached, few enough for a flood of refusals."""

import logging
import time
from collections.abc import Callable

INTERVAL = 10.0
"""Minimum time in seconds between two lines about one limit."""

log = logging.getLogger(__name__)


class OverloadLog:
    """Logs at most one line in ``INTERVAL``, with the number of refusals since the last line."""

    def __init__(self, message: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._message = message
        self._clock = clock
        self._next = 0.0
        self._refusals = 0

    def report(self) -> None:
        """Count a refusal, and log it unless a line was logged just before."""
        self._refusals += 1
        now = self._clock()
        if now >= self._next:
            log.warning("%s; refused: %d", self._message, self._refusals)
            self._next = now + INTERVAL
            self._refusals = 0
