"""The generic cell rate algorithm (GCRA, ITU-T I.371): a limit on the rate of each client.

A client has one number, the theoretical arrival time (TAT). Each request adds an interval to it,
the time in which one request becomes available. The TAT may be ahead of the clock by the window::

    3 requests in 60 s: an interval of 20 s
    clock         0    0    0    0        10       20
    TAT before    0   20   40   60        60       60
    TAT after    20   40   60   refused   refused  80
                                20 s      10 s to wait

So a client that was idle may send the whole quota at once, and after that one request in each
interval. A refused request changes nothing.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import NamedTuple

from entrypoints.quotas import Quota

MAX_CLIENTS = 50_000
"""Maximum number of clients that are remembered. Each takes about 0.3 kB."""

FORGOTTEN_AT_ONCE = 2
"""Number of idle clients that a request forgets at most, so that none takes long."""

SECOND = 1_000_000_000
"""A second in nanoseconds. Whole numbers have no rounding errors, which would add up."""


class Decision(NamedTuple):
    """Whether a request is allowed, and what the client may do next."""

    is_allowed: bool

    remaining: int
    """Number of requests that the client may send at once."""

    seconds: int
    """Time in which to send these: then the rate is that of the quota.

    If there are none, the time until the next one is allowed. It is 1 at least.
    """


class RateLimiter:
    """Counts the requests of each client.

    At most ``max_clients`` are remembered. Beyond that, the one is forgotten whose last request was
    longest ago, and has its whole quota again. A client is also forgotten when it has that anyway.
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
        # Not a dict: to find its first key takes longer with each one deleted before it.
        self._tats: OrderedDict[Hashable, int] = OrderedDict()

    @property
    def clients(self) -> int:
        """Number of clients that are remembered."""
        return len(self._tats)

    def count(self, client: Hashable) -> Decision:
        """Count a request of the client, unless it exceeds the quota."""
        now = self._clock()
        known = self._tats.pop(client, None)
        if known is None:
            self._forget_clients(now)
        tat = now if known is None or known < now else known
        is_allowed = tat + self._interval - now <= self._window
        if is_allowed:
            tat += self._interval
        self._tats[client] = tat  # at the end: the first one has been idle for longest
        free = self._window - (tat - now)
        remaining = free // self._interval
        nanoseconds = remaining * self._interval or self._interval - free
        return Decision(is_allowed, remaining, -(-nanoseconds // SECOND))

    def _forget_clients(self, now: int) -> None:
        """Forget clients that have their whole quota, and one more if there is no room."""
        for _ in range(FORGOTTEN_AT_ONCE):
            if self._tats and next(iter(self._tats.values())) <= now:
                self._tats.popitem(last=False)
        if len(self._tats) >= self._max_clients:
            self._tats.popitem(last=False)
