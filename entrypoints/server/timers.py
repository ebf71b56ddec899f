"""A timer that is started and cancelled often."""

from asyncio import AbstractEventLoop, TimerHandle
from collections.abc import Callable


class Timer:
    """Calls ``expire`` once after each start, unless it is cancelled or started again before."""

    def __init__(self, loop: AbstractEventLoop, expire: Callable[[], object]) -> None:
        self._loop = loop
        self._expire = expire
        self._handle: TimerHandle | None = None

    @property
    def is_running(self) -> bool:
        """Whether the timer was started, and has neither expired nor been cancelled."""
        return self._handle is not None

    def start(self, seconds: float) -> None:
        """Start the timer, or start it again."""
        self.cancel()
        self._handle = self._loop.call_later(seconds, self._call)

    def cancel(self) -> None:
        """Stop the timer, if it is running."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def _call(self) -> None:
        self._handle = None
        self._expire()
