"""An event loop whose clock the tests move, so that no time limit passes by itself."""

import asyncio
from collections.abc import Callable
from contextvars import Context
from typing import TypeVarTuple

Ts = TypeVarTuple("Ts")

SLOWER = 1_000
"""How many real seconds one second of the loop takes."""


class SlowLoop(asyncio.SelectorEventLoop):
    """What is due after 10 ms comes after 10 s; a hang still ends, as the clock does not stand."""

    def __init__(self) -> None:
        self._moved = 0.0
        super().__init__()
        self.timers = 0
        """How many timers were asked for."""

    def time(self) -> float:
        return super().time() / SLOWER + self._moved

    def move_clock(self, seconds: float) -> None:
        """Let this time pass at once."""
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
    """Return the loop of the running test."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, SlowLoop)
    return loop
