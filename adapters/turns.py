"""Taking turns: one at a time, first come, first served."""

import asyncio
from collections import deque


class Turns:
    """A turn that is handed on by whoever has it, so that no newcomer overtakes who waits.

    An ``asyncio.Lock`` serves in the same order, but does not tell whether anybody waits, nor lets
    a turn be taken without waiting.
    """

    def __init__(self) -> None:
        self._taken = False
        self._waiting: deque[asyncio.Future[None]] = deque()

    def take_if_free(self) -> bool:
        """Take the turn if nobody has it; tell whether that was so."""
        if self._taken:
            return False
        self._taken = True
        return True

    async def take(self, deadline: float) -> None:
        """Return when the turn has come. Raises ``TimeoutError`` past the loop's ``deadline``."""
        if self.take_if_free():
            return
        mine = asyncio.get_running_loop().create_future()
        self._waiting.append(mine)
        try:
            async with asyncio.timeout_at(deadline):
                await mine
        except BaseException:
            if mine.done() and not mine.cancelled():  # it came at the very moment
                self.hand_on()
            raise

    def hand_on(self) -> bool:
        """Give the turn to who has waited longest; tell whether somebody had."""
        while self._waiting:
            following = self._waiting.popleft()
            if not following.done():
                following.set_result(None)
                return True
        self._taken = False
        return False

    @property
    def is_awaited(self) -> bool:
        """Whether somebody waits for the turn."""
        return any(not waiting.done() for waiting in self._waiting)
