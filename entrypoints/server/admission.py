"""When a request is begun: not at once while many are under way.

A request that is begun and waits keeps some 22 kB of objects. When there are many, each finds its
own no longer in the processor's cache when it goes on. So a request beyond what helps the database
is better not begun yet. Databases bound their transactions for a like reason (Heiss and Wagner,
"Adaptive Load Control in Transaction Processing Systems", VLDB 1991).

On PostgreSQL 64 clients get 5 to 15 % more answers, and 256 clients nearly 20 % (record 25).
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sized


class Admission:
    """Begins requests in the order in which they came.

    Those that come while fewer than ``at_once`` are under way are begun straight away, and the
    others when there is room. But with each round of the event loop one more is begun whatever is
    under way, and a loop that has nothing to do comes round in microseconds: no request waits for
    others that only wait.
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
        room = max(1, self._at_once - len(under_way))
        admitted = [self._waiting.popleft() for _ in range(min(room, len(self._waiting)))]
        if self._waiting:
            asyncio.get_running_loop().call_soon(self._admit, under_way)
        for begin in admitted:
            begin()
