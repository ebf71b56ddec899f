"""Whether this process has received a stop signal."""


class StopFlag:
    """A flag that the signal handler sets. It is pickled for a worker before that."""

    def __init__(self) -> None:
        self._is_set = False

    def set(self) -> None:
        """Record that the process is stopping."""
        self._is_set = True

    def is_set(self) -> bool:
        """Return whether the process is stopping."""
        return self._is_set
