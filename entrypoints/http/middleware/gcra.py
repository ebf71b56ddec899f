"""The generic cell rate algorithm (GCRA, ITU-T I.371): a limit on the request rate of each client.

For each client one number is stored, the theoretical arrival time (TAT). Each request adds an
interval to it, in which one request becomes available. The TAT may be ahead of the clock by one
window at most::

    3 requests in 60 s: an interval of 20 s
    clock         0    0    0    0        10       20
    TAT before    0   20   40   60        60       60
    TAT after    20   40   60   refused   refused  80
                                20 s      10 s to wait

So a client that was idle may send its whole quota at once, and then one request in each interval. A
refused request does not change the TAT.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from typing import NamedTuple

from entrypoints.quotas import Quota
from service_layer.telemetry.measurements import Counter, Measurement

MAX_CLIENTS = 50_000
"""Maximum number of clients whose TAT is stored. Each takes about 0.25 kB."""

REMOVED_AT_ONCE = 2
"""Maximum number of idle clients that one request removes, so that no request takes long."""

SECOND = 1_000_000_000
"""A second in nanoseconds. Integers have no rounding errors that could add up."""


class Decision(NamedTuple):
    """Whether a request is allowed, and how many more are."""

    is_allowed: bool

    remaining: int
    """Number of requests that the client may send at once now."""

    seconds: int
    """Seconds in which the remaining requests become available at the rate of the quota.

    If there are none, the seconds until the next request is allowed. Rounded up, so at least 1.
    """


class RateLimiter:
    """Counts the requests of each client.

    The TATs of at most ``max_clients`` are stored. For a further client, the one that has been idle
    for longest is removed, and so has its whole quota again. Clients that have their whole quota
    again anyway are removed earlier, a few with each new client.
    """

    def __init__(
        self,
        quota: Quota,
        *,
        max_clients: int = MAX_CLIENTS,
        clock: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self.quota = quota
        self._interval = quota.seconds * SECOND // quota.requests
        self._window = self._interval * quota.requests
        self._max_clients = max_clients
        self._clock = clock
        # Not a dict: finding its first key takes longer with each key that was deleted before it.
        self._tats: OrderedDict[Hashable, int] = OrderedDict()
        self._refused = 0

    @property
    def clients(self) -> int:
        """Number of clients whose TAT is stored."""
        return len(self._tats)

    def measure(self) -> Iterable[Measurement]:
        """Return the number of requests that exceeded the quota."""
        yield Counter(
            "http_server_requests_rate_limited",
            "Requests that exceeded the rate limit.",
            self._refused,
        )

    def count(self, client: Hashable) -> Decision:
        """Count a request of the client, unless it exceeds the quota."""
        now = self._clock()
        interval = self._interval
        tat = self._tats.get(client)
        if tat is None:
            self._remove_clients(now)
        free = self._window if tat is None or tat < now else self._window - tat + now
        is_allowed = free >= interval
        if is_allowed:
            free -= interval
        else:
            self._refused += 1
        self._tats[client] = now + self._window - free
        self._tats.move_to_end(client)  # the first one has been idle for longest
        remaining = free // interval
        nanoseconds = remaining * interval or interval - free
        return Decision(is_allowed, remaining, -(-nanoseconds // SECOND))

    def _remove_clients(self, now: int) -> None:
        """Remove clients that have their whole quota again, and one more if there are too many."""
        for _ in range(REMOVED_AT_ONCE):
            if self._tats and next(iter(self._tats.values())) <= now:
                self._tats.popitem(last=False)
        if len(self._tats) >= self._max_clients:
            self._tats.popitem(last=False)
