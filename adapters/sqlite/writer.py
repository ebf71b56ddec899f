"""The one writer of a SQLite file: units of work lock it one by one, and share their COMMITs.

SQLite admits one writer at a time, and a COMMIT waits for the disk. So each unit of work works in a
savepoint of an open transaction. While a COMMIT is flushed in a thread, those that come meanwhile
queue up; then they run one after the other and share the next COMMIT. This is group commit (DeWitt
et al., "Implementation Techniques for Main Memory Database Systems", SIGMOD 1984).

No timer keeps a group open: it is committed when all waiters have joined it or, where there were
none, at the end of the event loop's tick, with all that came in that tick.
"""

import asyncio
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from adapters.sqlite.connections import WRITING, ReopeningConnection
from adapters.sqlite.errors import translate_errors
from adapters.sqlite.fair_lock import FairLock
from adapters.sqlite.group_commit import CommitFailure, CommitGroup, Savepoint
from adapters.sqlite.locks import retry_while_locked
from service_layer.errors import OutcomeUnknown, StoreConflict, StoreUnavailable


class Writer:
    """Gives the writing connection to one unit of work at a time, first come, first served.

    ``timeout`` is the most seconds a unit of work waits for the writer's lock and for the file's,
    which another process may hold. ``group_size`` is how many units of work may share a COMMIT.
    Between ``begin`` and ``commit`` or ``rollback`` the connection belongs to one unit of work. At
    its end that releases the lock, or closes the group and holds the lock until the flush is over.
    """

    def __init__(self, path: Path, timeout: float, group_size: int) -> None:
        self._file = ReopeningConnection(path, WRITING)
        self._timeout = timeout
        self._group_size = group_size
        self._lock = FairLock(timeout)
        self._group: CommitGroup | None = None
        self._flusher = ThreadPoolExecutor(1, "commit")
        self._is_closing = False

    async def begin(self) -> Savepoint:
        """Return a savepoint in a transaction that holds the write lock.

        Raises ``StoreUnavailable`` when that took too long, or the writer is being closed.
        """
        deadline = asyncio.get_running_loop().time() + self._timeout
        had_to_wait = await self._acquire()
        try:
            with translate_errors():
                if self._group is None:
                    self._group = await retry_while_locked(self._open_group, deadline)
                    if not had_to_wait:
                        self._leave_open_for_a_round(self._group)
                return Savepoint(self._group)
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
            self._lose(unit.group)
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
            self._lose(unit.group)
        finally:
            self._release()
        try:
            await unit.group.durable()
        except OutcomeUnknown as error:
            raise StoreUnavailable(str(error)) from error

    async def aclose(self) -> None:
        """Close the connection and the thread when the open group has ended; begin no more."""
        self._is_closing = True
        if self._group is not None:
            await self._group.over()
        self.close()

    def close(self) -> None:
        """Close the connection and the thread."""
        self._flusher.shutdown()
        self._file.close()

    async def _acquire(self) -> bool:
        try:
            return await self._lock.acquire()
        except BaseException as error:
            if self._group is not None and self._lock.try_acquire():
                self._release()  # the others in the group would wait for this one to join
            if isinstance(error, TimeoutError):
                message = f"the lock to write was not acquired within {self._timeout:g} s"
                raise StoreUnavailable(message) from None
            raise

    def _open_group(self) -> CommitGroup:
        if self._is_closing:
            raise StoreUnavailable("the service stops")
        connection = self._file.get()
        connection.execute("BEGIN IMMEDIATE")
        return CommitGroup(connection, self._group_size)

    def _leave_open_for_a_round(self, group: CommitGroup) -> None:
        group.stays_open = True
        asyncio.get_running_loop().call_soon(self._end_of_round, group)

    def _end_of_round(self, group: CommitGroup) -> None:
        """Commit the group, unless a unit of work is at work in it and will do so."""
        group.stays_open = False
        if group is self._group and self._lock.try_acquire():
            self._close_group(group)

    def _release(self) -> None:
        """Let the next waiter join the group, or commit it if it is full or has no waiters."""
        group = self._group
        if group and (group.is_full or not (self._lock.has_waiters or group.stays_open)):
            self._close_group(group)
        else:
            self._lock.release()

    def _close_group(self, group: CommitGroup) -> None:
        if not group.has_changes:
            self._drop(group)
            return
        try:
            self._flusher.submit(self._flush, group, asyncio.get_running_loop())
        except RuntimeError:  # the system gives the process no thread, or the writer is closed
            self._lose(group)
            self._lock.release()

    def _drop(self, group: CommitGroup) -> None:
        """End a group that has changed nothing."""
        self._group = None
        try:
            group.connection.rollback()
        except sqlite3.Error:
            self._file.close()
        group.end()
        self._lock.release()

    def _flush(self, group: CommitGroup, loop: asyncio.AbstractEventLoop) -> None:
        """Wait for the disk, in the thread, and notify the loop.

        Past the executor's futures: each step between two of them takes a tick of a busy loop.
        """
        failure: Exception | None = None
        try:
            with translate_errors():
                group.connection.execute("COMMIT")
        except Exception as error:  # noqa: BLE001 - whatever it is, all have to be notified
            failure = error
        loop.call_soon_threadsafe(self._flushed, group, failure)

    def _flushed(self, group: CommitGroup, failure: Exception | None) -> None:
        if group is not self._group:
            return  # it was lost before there was a thread to flush it
        self._group = None
        if failure is None:
            group.end()
        else:
            self._file.close()
            group.end(self._commit_failure(failure))
        self._lock.release()

    def _commit_failure(self, error: Exception) -> CommitFailure:
        """Return what a failed COMMIT means for the units of work of its group.

        Some constraints are checked no sooner, such as a deferred foreign key of the user's. SQLite
        does not say whose it was, so that from then on each unit of work has a COMMIT of its own.
        """
        if not isinstance(error, StoreConflict):
            return OutcomeUnknown(str(error))
        is_known_whose = self._group_size == 1
        self._group_size = 1
        return error if is_known_whose else StoreUnavailable(str(error))

    def _lose(self, group: CommitGroup) -> None:
        """Roll back the group by closing the connection, whose state may be anything."""
        self._group = None
        self._file.close()
        group.end(StoreUnavailable("the transaction was rolled back"))
