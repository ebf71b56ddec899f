"""A limit on the memory of responses that clients do not read."""

from collections.abc import Callable, Hashable

from entrypoints.server.limits.overload_log import OverloadLog

MAX_UNSENT = 32 * 1024 * 1024
"""Maximum number of bytes that the write buffers of all connections of a process hold."""


class UnsentResponses:
    """The connections whose clients have not read their responses, and the size of these.

    If they exceed ``max_bytes``, those that have been waiting longest are aborted.
    """

    def __init__(self, max_bytes: int = MAX_UNSENT) -> None:
        self._max_bytes = max_bytes
        self._total = 0
        self._waiting: dict[Hashable, tuple[int, Callable[[], object]]] = {}
        limit = f"responses that clients do not read: {max_bytes} bytes"
        self._log = OverloadLog(limit, event="disconnected")

    def add(self, connection: Hashable, size: int, abort: Callable[[], object]) -> None:
        """Count ``size`` bytes of a connection. ``abort`` closes it without sending them."""
        self.remove(connection)
        self._waiting[connection] = (size, abort)
        self._total += size
        while self._total > self._max_bytes:
            longest_waiting = next(iter(self._waiting))
            _, abort_it = self._waiting[longest_waiting]
            self.remove(longest_waiting)
            self._log.report()
            abort_it()

    def remove(self, connection: Hashable) -> None:
        """Stop counting a connection, if it is counted."""
        size, _ = self._waiting.pop(connection, (0, None))
        self._total -= size
