"""The only writer of a SQLite file. Units of work acquire it one by one, and share a COMMIT.

SQLite allows one writer at a time, and a COMMIT waits for the disk. So each unit of work runs in a
savepoint of an open transaction. Units of work that arrive while a COMMIT is flushed in a thread
wait; then they run one after the other and share the next COMMIT. This is group commit (DeWitt et
al., "Implementation Techniques for Main Memory Database Systems", SIGMOD 1984).

No timer keeps a group open. It is committed when all waiters have joined it, when it is full or
2 ms old, or, if no task waits, at the end of the event loop tick::

    request 1   acquire, savepoint, release
    request 2             waits, savepoint, release
    thread                                    COMMIT, flush
    request 3                           waits . . . . . . . savepoint in the next group
    responses                                           1, 2
"""

import asyncio
from collections.abc import Iterable

from adapters.sqlite.errors import translate_errors
from adapters.sqlite.fair_lock import FairLock
from adapters.sqlite.flusher import Flusher
from adapters.sqlite.group_commit import CommitGroup, Savepoint
from adapters.sqlite.locks import retry_while_locked
from adapters.sqlite.served.served_file import ServedFile
from service_layer.errors import OutcomeUnknown, StoreUnavailable
from service_layer.telemetry.measurements import Measurement


class Writer:
    """Gives the writing connection to one unit of work at a time, in order of arrival.

    ``timeout`` is the maximum time in seconds that a unit of work waits for the writer's lock and
    for the file lock, which another process may hold. ``group_size`` is the maximum number of units
    of work that share a COMMIT. A unit of work holds the lock from ``begin`` to ``commit`` or
    ``rollback``. If the group is committed then, the lock is released after the COMMIT.
    """

    def __init__(self, file: ServedFile, timeout: float, group_size: int) -> None:
        self._flusher = Flusher(file, group_size)
        self._timeout = timeout
        self._lock = FairLock(timeout)
        self._is_closing = False

    async def begin(self) -> Savepoint:
        """Return a savepoint in a transaction that holds the write lock.

        Raises ``StoreUnavailable`` after the timeout, or when the writer is being closed.
        """
        deadline = asyncio.get_running_loop().time() + self._timeout
        had_to_wait = await self._acquire()
        try:
            with translate_errors:
                group = self._flusher.group
                if group is None:
                    group = await retry_while_locked(self._open_group, deadline)
                    if not had_to_wait:
                        self._hold_open_for_a_tick(group)
                return Savepoint(group)
        except BaseException:
            self._release()
            raise

    async def commit(self, unit: Savepoint) -> None:
        """Release the lock, and return when the changes of the unit of work are durable.

        Raises ``OutcomeUnknown`` when COMMIT failed: the changes may be in the write-ahead log.
        Raises ``StoreConflict`` for a violated constraint that is checked at COMMIT, and
        ``StoreUnavailable`` when the group was rolled back.
        """
        try:
            with translate_errors:
                unit.release()
        except BaseException:
            self._flusher.roll_back(unit.group)
            raise
        finally:
            self._release()
        await unit.group.wait_until_durable()

    async def rollback(self, unit: Savepoint) -> None:
        """Roll back the unit of work, and return when everything that it may have read is durable.

        An error response may depend on changes of other units of work in the group. If their COMMIT
        fails, this raises ``StoreUnavailable``: the unit of work itself has changed nothing.
        """
        try:
            unit.rollback()
        except Exception:  # noqa: BLE001 - after any error, none of its changes may remain
            self._flusher.roll_back(unit.group)
        finally:
            self._release()
        try:
            await unit.group.wait_until_durable()
        except OutcomeUnknown as error:
            raise StoreUnavailable(str(error)) from error

    def measure(self) -> Iterable[Measurement]:
        """Return what is known of the commit groups."""
        return self._flusher.measure()

    def distrust_log(self, reason: str) -> None:
        """Refuse units of work until the log has begun anew."""
        self._flusher.distrust_log(reason)

    async def aclose(self) -> None:
        """Close the connection and the thread when the open group has ended; open no other."""
        self._is_closing = True
        if self._flusher.group is not None:
            await self._flusher.group.wait_until_over()
        self.close()

    def close(self) -> None:
        """Close the connection and the thread."""
        self._flusher.close()

    async def _acquire(self) -> bool:
        try:
            return await self._lock.acquire()
        except BaseException as error:
            if self._flusher.group is not None and self._lock.try_acquire():
                self._release()  # no other task would commit the group
            if isinstance(error, TimeoutError):
                message = f"the lock to write was not acquired within {self._timeout:g} s"
                raise StoreUnavailable(message) from None
            raise

    def _open_group(self) -> CommitGroup:
        if self._is_closing:
            raise StoreUnavailable("the service is stopping")
        return self._flusher.open_group()

    def _hold_open_for_a_tick(self, group: CommitGroup) -> None:
        group.is_held_open = True
        asyncio.get_running_loop().call_soon(self._end_of_tick, group)

    def _end_of_tick(self, group: CommitGroup) -> None:
        """Commit the group, unless a unit of work holds the lock, which then commits it."""
        group.is_held_open = False
        if group is self._flusher.group and self._lock.try_acquire():
            self._flusher.flush(group, self._lock.release)

    def _release(self) -> None:
        """Release the lock to the next waiter, or flush the group if it is full or has none."""
        group = self._flusher.group
        if group and (group.is_full or not (self._lock.has_waiters or group.is_held_open)):
            self._flusher.flush(group, self._lock.release)
        else:
            self._lock.release()
