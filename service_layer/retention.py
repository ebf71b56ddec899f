"""How long and how many responses to requests with an idempotency key are stored.

The clock of the database decides when a response expires, so that all processes agree. Times are
Unix times of that clock, in whole seconds.
"""

import logging
import time
from collections.abc import Callable, Iterable

from service_layer.telemetry.measurements import Counter, Measurement

LIFETIME = 24 * 60 * 60
"""Default lifetime of a response, in seconds."""

LIMIT = 10_000_000
"""Default maximum number of stored responses: 115 new ones each second, for a day."""

TOLERANCE = 60
"""Difference in seconds above which the database's clock has jumped."""

MAX_DELAY = 10
"""Maximum duration in seconds of the query for the database's time; a later result is ignored.

The process may have been stopped meanwhile.
"""

REFERENCE_AGE = 60 * 60
"""Seconds after which the clocks are compared anew, so that a small drift does not add up."""

END_OF_TIME = 2**63 - 1

log = logging.getLogger(__name__)


class ExpiryClock:
    """Limits what counts as expired when the database's clock jumps.

    That clock may be corrected, or another server with another clock may take over. Responses would
    then seem expired that were stored a moment ago, and retries would be executed again. So its
    advance is compared with that of a monotonic clock. Where they differ by more than
    ``TOLERANCE``, nothing expires for one ``lifetime`` of the monotonic clock. What was stored
    before the jump is then old enough, whatever its expiry says.
    """

    def __init__(self, lifetime: int, monotonic: Callable[[], float]) -> None:
        self.monotonic = monotonic
        self._lifetime = lifetime
        self._offset: float | None = None
        """The database's time minus the monotonic time, when they were last compared."""

        self._compared_at = 0.0
        self._trusted_from = float("-inf")

    def compare(self, database_time: int, asked_at: float) -> bool:
        """Compare the clocks' advances. Return whether expired responses may be deleted.

        ``asked_at`` is the monotonic time before the database was asked for its time.
        """
        now = self.monotonic()
        if now - asked_at > MAX_DELAY:
            return False
        self._compare_offset(database_time - now, now)
        return now >= self._trusted_from

    def _compare_offset(self, offset: float, now: float) -> None:
        if self._offset is not None and abs(offset - self._offset) > TOLERANCE:
            log.warning(
                "the database's clock has jumped by %.0f s; for %d s no response expires",
                offset - self._offset,
                self._lifetime,
            )
            self._trusted_from = now + self._lifetime
        elif self._offset is not None and now - self._compared_at < REFERENCE_AGE:
            return
        self._offset, self._compared_at = offset, now

    @property
    def latest(self) -> int:
        """The latest time that the database's clock may show. What expires later is not expired.

        0 while nothing may expire, and ``END_OF_TIME`` before the first comparison.
        """
        now = self.monotonic()
        if now < self._trusted_from:
            return 0
        return END_OF_TIME if self._offset is None else int(now + self._offset) + TOLERANCE


class ResponseCount:
    """The number of stored responses, as far as this process knows.

    It counts what it stores and deletes itself. Other processes do so too, so from time to time the
    number is set to that of the database.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.number = 0

    @property
    def is_full(self) -> bool:
        """Whether no further response may be stored."""
        return self.number >= self.limit


class Retention:
    """How long and how many responses are stored.

    ``lifetime`` is in seconds. ``limit`` is the maximum number of responses, and
    ``limit_per_client`` that of one client. All processes need the same values.
    """

    def __init__(
        self,
        lifetime: int = LIFETIME,
        *,
        limit: int = LIMIT,
        limit_per_client: int | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.lifetime = lifetime
        self.limit_per_client = limit_per_client
        self.clock = ExpiryClock(lifetime, monotonic)
        self.count = ResponseCount(limit)
        self.replays = 0
        """Number of requests that got a stored response."""

    def measure(self) -> Iterable[Measurement]:
        """Return the number of replays."""
        yield Counter("idempotency_replays", "Requests that got a stored response.", self.replays)
