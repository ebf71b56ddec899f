"""Slots that clients acquire in turn."""

import asyncio
from collections import Counter, OrderedDict


class ClientSlots:
    """A semaphore that is fair to clients, whatever the number of requests that each one sends.

    Waiting clients take turns, those that hold the fewest slots first. The requests of one client
    are served in order of arrival. This is fair queueing (Nagle, "On Packet Switches with Infinite
    Storage", RFC 970)::

        waiting       A1 A2 A3, B1 B2, C1    the clients in order of arrival
        acquired by   A1 B1 C1 A2 B2 A3      if each releases its slot at once

    ``each`` is the maximum number of slots that one client may hold.
    """

    def __init__(self, size: int, each: int | None = None) -> None:
        self._free = size
        self._each = size if each is None else each
        self._held: Counter[str] = Counter()
        self._waiting: OrderedDict[str, OrderedDict[asyncio.Future[None], None]] = OrderedDict()
        """The waiters of each client. The client whose turn is next comes first."""

    @property
    def has_waiters(self) -> bool:
        """Whether a task waits for a slot."""
        return bool(self._waiting)

    def try_acquire(self, client: str) -> bool:
        """Acquire a slot if the client would not have to wait. Return whether it was acquired."""
        if not self._free or self._held[client] >= self._each:
            return False
        self._take(client)
        return True

    async def acquire(self, client: str) -> None:
        """Acquire a slot when one is free and it is the client's turn."""
        if self.try_acquire(client):
            return
        granted = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(client, OrderedDict())[granted] = None
        try:
            await granted
        except asyncio.CancelledError:
            if granted.cancelled():
                self._leave(client, granted)
            else:
                self.release(client)
            raise

    def release(self, client: str) -> None:
        """Release a slot of the client, to the client whose turn is next."""
        self._free += 1
        self._held[client] -= 1
        if not self._held[client]:
            del self._held[client]
        while eligible := [each for each in self._waiting if self._held[each] < self._each]:
            if self._grant(min(eligible, key=self._held.__getitem__)):
                return

    def _take(self, client: str) -> None:
        self._free -= 1
        self._held[client] += 1

    def _grant(self, client: str) -> bool:
        """Let the first waiter of the client take a slot, and put the client last.

        Return ``False`` if the waiter was cancelled. Its task has not run since.
        """
        waiters = self._waiting.pop(client)
        granted, _ = waiters.popitem(last=False)
        is_cancelled = granted.cancelled()
        if waiters:
            self._waiting[client] = waiters
            self._waiting.move_to_end(client, last=not is_cancelled)
        if is_cancelled:
            return False
        self._take(client)
        granted.set_result(None)
        return True

    def _leave(self, client: str, waiter: asyncio.Future[None]) -> None:
        """Remove a cancelled waiter, unless ``_grant`` has passed it over."""
        waiters = self._waiting.get(client)
        if waiters is not None:
            waiters.pop(waiter, None)
            if not waiters:
                del self._waiting[client]
