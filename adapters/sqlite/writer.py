"""The one writer of a SQLite file: units of work lock it one by one, and share their COMMITs.

SQLite admits one writer at a time, and a COMMIT waits for the disk. So each unit of work works in a
savepoint of an open transaction. While a COMMIT is flushed in a thread, those that come meanwhile
queue up; then they run one after the other and share the next COMMIT. This is group commit (DeWitt
et al., "Implementation Techniques for Main Memory Database Systems", SIGMOD 1984).

No timer keeps a group open: it is committed when all waiters have joined it or, where there were
none, at the end of the event loop's tick, with all that came in that tick.
"""

import asyncio
from pathlib import Path

from adapters.sqlite.errors import translate_errors
from adapters.sqlite.fair_lock import FairLock
from adapters.sqlite.flusher import Flusher
from adapters.sqlite.group_commit import CommitGroup, Savepoint
from adapters.sqlite.locks import retry_while_locked
from service_layer.errors import OutcomeUnknown, StoreUnavailable


class Writer:
    """Gives the writing connection to one unit of work at a time, first come, first served.

    ``timeout`` is the most seconds a unit of work waits for the writer's lock and for the file's,
    which another process may hold. ``group_size`` is how many units of work may share a COMMIT.
    Between ``begin`` and ``commit`` or ``rollback`` the connection belongs to one unit of work. At
    its end that releases the lock, or closes the group and holds the lock until the flush is over.
    """

    def __init__(self, path: Path, timeout: float, group_size: int) -> None:
        self._flusher = Flusher(path, group_size)
        self._timeout = timeout
        self._lock = FairLock(timeout)
        self._is_closing = False

    async def begin(self) -> Savepoint:
        """Return a savepoint in a transaction that holds the write lock.

        Raises ``StoreUnavailable`` when that took too long, or the writer is being closed.
        """
        deadline = asyncio.get_running_loop().time() + self._timeout
        had_to_wait = await self._acquire()
        try:
            with translate_errors():
                group = self._flusher.group
                if group is None:
                    group = await retry_while_locked(self._open_group, deadline)
                    if not had_to_wait:
                        self._leave_open_for_a_round(group)
                return Savepoint(group)
        except BaseException:
            self._release()
            raise

    async def commit(self, unit: Savepoint) -> None:
        """Release the lock, and return once what the unit of work did is durable.

        Raises ``OutcomeUnknown`` when the COMMIT failed: the log may hold all of it just the same.
        Raises ``StoreConflict`` when it broke a constraint that is checked at COMMIT.
        """
        try:
            with translate_errors():
                unit.release()
        except BaseException:
            self._flusher.roll_back(unit.group)
            raise
        finally:
            self._release()
        await unit.group.durable()

    async def rollback(self, unit: Savepoint) -> None:
        """Roll back the unit of work, and return once what it may have read is durable.

        A refusal, too, rests on what others in the group did, and fails with them. But nothing of
        its own was committed.
        """
        try:
            unit.rollback()
        except Exception:  # noqa: BLE001 - whatever the reason, nothing must be left of it
            self._flusher.roll_back(unit.group)
        finally:
            self._release()
        try:
            await unit.group.durable()
        except OutcomeUnknown as error:
            raise StoreUnavailable(str(error)) from error

    async def aclose(self) -> None:
        """Close the connection and the thread when the open group has ended; begin no more."""
        self._is_closing = True
        if self._flusher.group is not None:
            await self._flusher.group.over()
        self.close()

    def close(self) -> None:
        """Close the connection and the thread."""
        self._flusher.close()

    async def _acquire(self) -> bool:
        try:
            return await self._lock.acquire()
        except BaseException as error:
            if self._flusher.group is not None and self._lock.try_acquire():
                self._release()  # the others in the group would wait for this one to join
            if isinstance(error, TimeoutError):
                message = f"the lock to write was not acquired within {self._timeout:g} s"
                raise StoreUnavailable(message) from None
            raise

    def _open_group(self) -> CommitGroup:
        if self._is_closing:
            raise StoreUnavailable("the service stops")
        return self._flusher.open_group()

    def _leave_open_for_a_round(self, group: CommitGroup) -> None:
        group.stays_open = True
        asyncio.get_running_loop().call_soon(self._end_of_round, group)

    def _end_of_round(self, group: CommitGroup) -> None:
        """Commit the group, unless a unit of work is at work in it and will do so."""
        group.stays_open = False
        if group is self._flusher.group and self._lock.try_acquire():
            self._flusher.flush(group, self._lock.release)

    def _release(self) -> None:
        """Let the next waiter join the group, or commit it if it is full or has no waiters."""
        group = self._flusher.group
        if group and (group.is_full or not (self._lock.has_waiters or group.stays_open)):
            self._flusher.flush(group, self._lock.release)
        else:
            self._lock.release()
