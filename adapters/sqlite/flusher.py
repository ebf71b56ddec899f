"""The transaction of a commit group, from its BEGIN to the COMMIT that a thread waits for."""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from adapters.sqlite.connections import WRITING, ReopeningConnection
from adapters.sqlite.errors import translate_errors
from adapters.sqlite.group_commit import CommitFailure, CommitGroup
from service_layer.errors import OutcomeUnknown, StoreConflict, StoreUnavailable


class Flusher:
    """Opens one commit group at a time on the file's only writing connection, and flushes it.

    ``group_size`` is how many units of work may share a COMMIT.
    """

    def __init__(self, path: Path, group_size: int) -> None:
        self.group: CommitGroup | None = None
        """The group that is open or being flushed."""

        self._file = ReopeningConnection(path, WRITING)
        self._group_size = group_size
        self._thread = ThreadPoolExecutor(1, "commit")

    def open_group(self) -> CommitGroup:
        """Begin a transaction that holds the file's write lock, and return its group."""
        connection = self._file.get()
        connection.execute("BEGIN IMMEDIATE")
        self.group = CommitGroup(connection, self._group_size)
        return self.group

    def flush(self, group: CommitGroup, flushed: Callable[[], None]) -> None:
        """Make the group durable, and then end it and call ``flushed``, on the event loop.

        The group ends with a failure when the COMMIT fails, or when there is no thread for it.
        """
        if not group.has_changes:
            self._drop(group)
            flushed()
            return
        try:
            self._thread.submit(self._commit, group, asyncio.get_running_loop(), flushed)
        except RuntimeError:  # the system gives the process no thread, or the thread is closed
            self.roll_back(group)
            flushed()

    def roll_back(self, group: CommitGroup) -> None:
        """Roll back the group by closing the connection, whose state may be anything."""
        self.group = None
        self._file.close()
        group.end(StoreUnavailable("the transaction was rolled back"))

    def close(self) -> None:
        """Close the connection and the thread."""
        self._thread.shutdown()
        self._file.close()

    def _drop(self, group: CommitGroup) -> None:
        """End a group that has changed nothing."""
        self.group = None
        try:
            group.connection.rollback()
        except sqlite3.Error:
            self._file.close()
        group.end()

    def _commit(
        self, group: CommitGroup, loop: asyncio.AbstractEventLoop, flushed: Callable[[], None]
    ) -> None:
        """Wait for the disk, in the thread, and notify the loop.

        Past the executor's futures: each step between two of them takes a tick of a busy loop.
        """
        failure: Exception | None = None
        try:
            with translate_errors():
                group.connection.execute("COMMIT")
        except Exception as error:  # noqa: BLE001 - whatever it is, all have to be notified
            failure = error
        loop.call_soon_threadsafe(self._end, group, failure, flushed)

    def _end(
        self, group: CommitGroup, failure: Exception | None, flushed: Callable[[], None]
    ) -> None:
        if group is not self.group:
            return  # it was rolled back before there was a thread to flush it
        self.group = None
        if failure is None:
            group.end()
        else:
            self._file.close()
            group.end(self._commit_failure(failure))
        flushed()

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
