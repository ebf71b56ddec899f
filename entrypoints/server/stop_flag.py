"""Whether this process has received a stop signal."""


class StopFlag:
    """Set once, by the handler of the signal. A worker gets a copy that is not set."""

    def __init__(self) -> None:
        self._is_set = False

    def set(self) -> None:
        """Say that the process is stopping."""
        self._is_set = True

    def is_set(self) -> bool:
        """Return whether the process is stopping."""
        return self._is_set
