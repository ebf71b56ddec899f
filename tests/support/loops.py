"""An event loop whose clock the tests advance, so that no timeout expires by itself."""

import asyncio
from collections.abc import Callable
from contextvars import Context
from typing import TypeVarTuple

Ts = TypeVarTuple("Ts")

SLOWER = 1_000
"""Real seconds per second of the loop."""


class SlowLoop(asyncio.SelectorEventLoop):
    """A timer of 10 ms fires after 10 s. The clock still runs, so that a hang times out."""

    def __init__(self) -> None:
        self._moved = 0.0
        super().__init__()
        self.timers = 0
        """How many timers were scheduled."""

    def time(self) -> float:
        return super().time() / SLOWER + self._moved

    def advance_clock(self, seconds: float) -> None:
        """Advance the clock."""
        self._moved += seconds

    def call_at(
        self,
        when: float,
        callback: Callable[[*Ts], object],
        *args: *Ts,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        self.timers += 1
        return super().call_at(when, callback, *args, context=context)


def the_loop() -> SlowLoop:
    """Return the running loop."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, SlowLoop)
    return loop
