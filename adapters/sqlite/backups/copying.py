"""Copy a SQLite database while others write to it."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from adapters.sqlite.backups.files import explain_errors, require_space
from adapters.sqlite.connections import IMMUTABLE, connect
from adapters.sqlite.files import LOG, with_suffix
from service_layer.backup import BackupStopped, Progress

SIZE = ("page_size", "page_count")
"""Pragmas whose product is the size of a database in bytes."""

COPYING = {"journal_mode": "OFF", "synchronous": "OFF"}
"""Pragmas of the copy. It is removed if copying fails, and flushed once at the end."""

WAL_VERSION = 2
"""The write version in the header of a file in WAL mode ("Database File Format", offset 18)."""

STEP = 4 * 1024 * 1024
"""Bytes that are copied between two reports of the progress."""


def reading_mode(path: Path) -> str:
    """Return the mode in which SQLite opens the file without creating a log beside it."""
    with path.open("rb") as file:
        is_wal = WAL_VERSION in file.read(20)[18:]
    return IMMUTABLE if is_wal and not with_suffix(path, LOG).exists() else "ro"


def copy_database(
    source: sqlite3.Connection, target: Path, activity: str, progress: Progress
) -> float:
    """Copy a snapshot of the database into the empty file ``target``. Do not flush it.

    Return the seconds for which the snapshot was held. Raises ``BackupFailed``.
    """
    with (
        explain_errors(f"cannot copy the database to {target.parent}"),
        closing(connect(target, COPYING)) as copy,
        _pinned_snapshot(source) as pinned_at,
    ):
        page, pages = (source.execute(f"PRAGMA {name}").fetchone()[0] for name in SIZE)
        require_space(target.parent, page * pages)

        def report(_: int, remaining: int, total: int) -> None:
            progress.report(activity, (total - remaining) * page, total * page)
            if progress.is_stopped():
                raise BackupStopped

        source.backup(copy, pages=STEP // page, progress=report)
        return time.monotonic() - pinned_at


@contextmanager
def _pinned_snapshot(source: sqlite3.Connection) -> Iterator[float]:
    """Read one snapshot until the end of the block, and yield the time at which it began.

    SQLite's backup starts over when another connection has written, unless its source is in a
    transaction. Meanwhile a write-ahead log grows: it cannot start anew before the snapshot ends.
    """
    source.execute("BEGIN")
    pinned_at = time.monotonic()
    try:
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        yield pinned_at
    finally:
        source.rollback()
