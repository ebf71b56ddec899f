"""Taking turns: one at a time, first come, first served."""

import asyncio
from itertools import islice

from adapters.wait_queue import Line

AWAKE = 16
"""How many of those who wait are woken at a time: enough for a round, and no crowd for nothing."""


class Turns:
    """A turn that nobody gets before those who have waited longer.

    When it is free the first who wait are woken, in their order. Most turns end before the event
    loop goes round again, so all of these may have theirs in one round; handing the turn from one
    to the next would take a round for each.

    ``patience`` is the most seconds that anybody waits.
    """

    def __init__(self, patience: float) -> None:
        self._taken = False
        self._line = Line(patience)

    def take_if_free(self) -> bool:
        """Take the turn if nobody has it or waits for it; tell whether that was so."""
        if self._taken or self._line:
            return False
        self._taken = True
        return True

    async def take(self) -> bool:
        """Return when the turn has come, and whether it was awaited.

        Raises ``TimeoutError`` when it did not come within ``patience`` seconds.
        """
        if self.take_if_free():
            return False
        me = self._line.join()
        try:
            if not self._taken:
                await asyncio.sleep(0)  # those before it are awake, and take theirs in this round
            while self._taken or self._line.first() is not me:
                if me.is_late:
                    raise TimeoutError
                me.woken.clear()
                await me.woken.wait()
            self._taken = True
        finally:
            self._line.leave(me)
            self._wake()
        return True

    @property
    def is_awaited(self) -> bool:
        """Whether somebody waits for the turn."""
        return bool(self._line)

    def hand_on(self) -> None:
        """Let the next one have the turn."""
        self._taken = False
        self._wake()

    def _wake(self) -> None:
        if not self._taken:
            for waiting in islice(self._line, AWAKE):
                waiting.woken.set()
