"""Which requests are begun when more have come than the database can get on with.

A request that is begun and waits keeps some 22 kB of objects. When there are many, each finds its
own no longer in the processor's cache when it goes on. So a request beyond what helps the database
is better not begun yet: this is the bound on the multiprogramming level of transaction processing
(Heiss and Wagner, "Adaptive Load Control in Transaction Processing Systems", VLDB 1991).

On PostgreSQL 64 clients get 7 to 12 % more answers, and 256 clients 17 to 22 % (record 25).
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sized


class Admission:
    """Begins requests first come, first served, and no more than ``at_once`` while all are busy.

    No request waits for others that only wait: with each round of the event loop one more is begun,
    and where there is nothing to do a round takes microseconds.
    """

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._waiting: deque[Callable[[], None]] = deque()

    def ask(self, begin: Callable[[], None], under_way: Sized) -> None:
        """Call ``begin`` when its turn has come; it is then one of those ``under_way``."""
        if not self._waiting:
            if len(under_way) < self._at_once:
                begin()
                return
            asyncio.get_running_loop().call_soon(self._admit, under_way)
        self._waiting.append(begin)

    def _admit(self, under_way: Sized) -> None:
        """Begin as many as there is room for, and one in any case."""
        for _ in range(max(1, self._at_once - len(under_way))):
            self._waiting.popleft()()
            if not self._waiting:
                return
        asyncio.get_running_loop().call_soon(self._admit, under_way)
