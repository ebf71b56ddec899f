"""The transaction of a commit group: BEGIN on the event loop, COMMIT in a thread."""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

from adapters.sqlite.connections import WRITING
from adapters.sqlite.errors import is_failed_flush, translate_errors
from adapters.sqlite.failed_flush import LogRestart
from adapters.sqlite.group_commit import CommitFailure, CommitGroup
from adapters.sqlite.served.served_file import FileConnection, ServedFile
from service_layer.errors import OutcomeUnknown, StoreConflict, StoreHalted, StoreUnavailable
from service_layer.telemetry.measurements import Counter, Distribution, Histogram, Measurement

GROUP_SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1000)
"""Upper bounds of the buckets in which commit groups are counted."""

FLUSH_TIMES = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
"""Upper bounds in seconds of the buckets in which commits are counted."""


class Flusher:
    """Opens one commit group at a time on the file's only writing connection, and flushes it.

    ``group_size`` is how many units of work may share a COMMIT.
    """

    def __init__(self, file: ServedFile, group_size: int) -> None:
        self.group: CommitGroup | None = None
        """The group that is open or being flushed, if there is one."""

        self._file = file
        self._connection = FileConnection(file, WRITING)
        self._group_size = group_size
        self._thread = ThreadPoolExecutor(1, "commit")
        self._restart = LogRestart(file.path)
        self._sizes = Distribution(GROUP_SIZES)
        self._times = Distribution(FLUSH_TIMES)
        self._failures = 0

    def open_group(self) -> CommitGroup:
        """Begin a transaction that holds the file's write lock, and return its group.

        Raises ``StoreHalted`` while the log is not trusted.
        """
        self._restart.require_trusted_log()
        connection = self._connection.get()
        connection.execute("BEGIN IMMEDIATE")
        self.group = CommitGroup(connection, self._group_size)
        return self.group

    def flush(self, group: CommitGroup, flushed: Callable[[], None]) -> None:
        """Commit the group in the thread, then end it and call ``flushed`` on the event loop.

        A group without changes ends at once. If COMMIT fails, or the thread cannot be started, the
        group ends with a failure.
        """
        if not group.has_changes:
            self._drop(group)
            flushed()
            return
        if (failure := self._find_replacement()) is not None:
            self._end(group, failure, 0.0, flushed)
            return
        try:
            self._thread.submit(self._commit, group, asyncio.get_running_loop(), flushed)
        except RuntimeError:  # the thread cannot be started, or is shut down
            self.roll_back(group)
            flushed()

    def roll_back(self, group: CommitGroup) -> None:
        """Roll back the group by closing the connection, whose state is unknown."""
        self.group = None
        self._connection.close()
        group.end(StoreUnavailable("the transaction was rolled back"))

    def distrust_log(self, reason: str) -> None:
        """Open no group until the log has begun anew. If that fails, the process exits with 1."""
        self._restart.distrust_log(reason)
        self._thread.submit(self._restart.run, self._connection.get)

    def measure(self) -> Iterable[Measurement]:
        """Return the sizes of commit groups, and how long their COMMITs took."""
        yield Histogram(
            "sqlite_commit_group_size", "Units of work that shared a COMMIT.", self._sizes
        )
        yield Histogram(
            "sqlite_commit_duration_seconds", "Duration of COMMITs, with the flush.", self._times
        )
        yield Counter("sqlite_commit_failures", "COMMITs that failed.", self._failures)

    def close(self) -> None:
        """Close the connection and the thread."""
        self._restart.stop()
        self._thread.shutdown()
        self._connection.close()

    def _drop(self, group: CommitGroup) -> None:
        """End a group without changes."""
        self.group = None
        try:
            group.connection.rollback()
        except sqlite3.Error:
            self._connection.close()
        group.end()

    def _commit(
        self, group: CommitGroup, loop: asyncio.AbstractEventLoop, flushed: Callable[[], None]
    ) -> None:
        """Commit in the thread, and notify the event loop.

        The executor's future is not awaited: it would take another tick of the event loop. The
        thread does nothing else: after each system call it waits until the event loop, which may
        have much to do, lets it run Python code again.
        """
        failure: Exception | None = None
        started = time.monotonic()
        try:
            with translate_errors:
                group.connection.execute("COMMIT")
        except Exception as error:  # noqa: BLE001 - all waiters have to be notified of any error
            failure = error
        seconds = time.monotonic() - started
        loop.call_soon_threadsafe(self._end, group, failure, seconds, flushed)

    def _end(
        self,
        group: CommitGroup,
        failure: Exception | None,
        seconds: float,
        flushed: Callable[[], None],
    ) -> None:
        if group is not self.group:
            return  # rolled back, because the thread could not be started at first
        self.group = None
        if failure is None and (replaced := self._find_replacement()) is not None:
            failure = OutcomeUnknown(str(replaced))
        self._count(group, failure, seconds)
        if failure is None:
            group.end()
        elif is_failed_flush(failure.__cause__):
            self.distrust_log(str(failure))  # before a waiter can open the next group
            group.end(OutcomeUnknown(str(failure)))
        else:
            self._connection.close()
            group.end(self._commit_failure(failure))
        flushed()

    def _count(self, group: CommitGroup, failure: Exception | None, seconds: float) -> None:
        self._times.observe(seconds)
        if failure is None:
            self._sizes.observe(group.units)
        else:
            self._failures += 1

    def _find_replacement(self) -> StoreUnavailable | None:
        """Return why the file is no longer the one that was opened, or ``None`` if it is."""
        try:
            with translate_errors:
                self._file.check()
        except StoreUnavailable as error:
            return error
        return None

    def _commit_failure(self, error: Exception) -> CommitFailure:
        """Return the failure of every unit of work in a group whose COMMIT failed.

        A user-defined constraint may be checked at COMMIT, such as a deferred foreign key. SQLite
        does not report which unit of work violated it. So from then on each has its own COMMIT.
        """
        if isinstance(error, StoreHalted):
            return error  # COMMIT was not executed
        if not isinstance(error, StoreConflict):
            return OutcomeUnknown(str(error))
        was_alone = self._group_size == 1
        self._group_size = 1
        return error if was_alone else StoreUnavailable(str(error))
