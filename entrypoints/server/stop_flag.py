"""Whether this process has received a stop signal."""

import time


class StopFlag:
    """A flag that the signal handler sets. It is pickled for a worker before that."""

    def __init__(self) -> None:
        self._is_set = False
        self._set_at = 0.0

    def set(self) -> None:
        """Record that the process is stopping."""
        if not self._is_set:
            self._is_set, self._set_at = True, time.monotonic()

    def is_set(self) -> bool:
        """Return whether the process is stopping."""
        return self._is_set

    def elapsed(self) -> float:
        """Return the seconds since the signal, or 0 if there was none."""
        return time.monotonic() - self._set_at if self._is_set else 0.0
