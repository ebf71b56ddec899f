"""Taking turns: one at a time, first come, first served."""

import asyncio
from collections import deque
from itertools import islice

AWAKE = 16
"""How many of those who wait are woken at a time: enough for a round, and no crowd for nothing."""


class Turns:
    """A turn that nobody gets before those who have waited longer.

    When it is free the first who wait are woken, in their order. Most turns end before the event
    loop goes round again, so all of these may have theirs in one round; handing the turn from one
    to the next would take a round for each.
    """

    def __init__(self) -> None:
        self._taken = False
        self._waiting: deque[asyncio.Event] = deque()

    def take_if_free(self) -> bool:
        """Take the turn if nobody has it or waits for it; tell whether that was so."""
        if self._taken or self._waiting:
            return False
        self._taken = True
        return True

    async def take(self, deadline: float) -> bool:
        """Return when the turn has come, and whether it was awaited.

        Raises ``TimeoutError`` past the loop's ``deadline``.
        """
        if self.take_if_free():
            return False
        woken = asyncio.Event()
        self._waiting.append(woken)
        try:
            if not self._taken:
                await asyncio.sleep(0)  # those before it are awake, and take theirs in this round
            async with asyncio.timeout_at(deadline):
                while self._taken or self._waiting[0] is not woken:
                    woken.clear()
                    await woken.wait()
            self._taken = True
        finally:
            self._waiting.remove(woken)
            self._wake()
        return True

    @property
    def is_awaited(self) -> bool:
        """Whether somebody waits for the turn."""
        return bool(self._waiting)

    def hand_on(self) -> None:
        """Let the next one have the turn."""
        self._taken = False
        self._wake()

    def _wake(self) -> None:
        if not self._taken:
            for woken in islice(self._waiting, AWAKE):
                woken.set()
