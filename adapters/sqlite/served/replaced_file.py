"""What becomes of a database that was replaced or removed while it was served.

SQLite leaves the old log where it is, and would apply it to the new database as soon as anyone
opens that. So the log is moved. The old database may have no name any more, so it is copied from an
open connection::

    FILE                                   the new database, which nothing here opens
    FILE.replaced-20261126T213405Z         a copy of the old database
    FILE.replaced-20261126T213405Z-wal     its log, whose pages are all in the copy

The copy has the pages of the old database at the same positions, so the log still belongs to it.
"""

import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from adapters.sqlite.connections import open_file
from adapters.sqlite.files import (
    LOG,
    LOG_INDEX,
    Identity,
    create_private,
    flush,
    is_open_here,
    location,
    size,
    with_suffix,
)
from adapters.sqlite.served.serving_record import ServingRecord


class ReplacedFile:
    """The database that this process has open at ``connection``, and that ``path`` named before.

    ``path`` is without symbolic links.
    """

    def __init__(
        self, path: Path, file: Identity, connection: sqlite3.Connection, record: ServingRecord
    ) -> None:
        self._path = path
        self._file = file
        self._connection = connection
        self._record = record
        self._target: Path | None = None

    def preserve(self) -> str:
        """Move the log and copy the old database. Return for the operator where they are.

        Blocks until the database is copied. Call it again after an error. Raises ``OSError`` and
        ``sqlite3.Error``.
        """
        present = location(self._file)
        if present is not None and size(present) and is_open_here(with_suffix(present, LOG)):
            if present != self._path:
                self._record.remove()
            return f"the old database is {present}, together with its log"
        target = self._target = self._target or _unused_path(self._path)
        moved = self._move_log(target)
        log = f"its log as {moved}" if moved else "without its log, which was removed"
        if present is not None and not size(present):
            self._record.remove()
            return f"the database was truncated; what is left was saved: {log}"
        self._copy(target)
        if present is None:
            self._record.remove()
        else:  # it can be moved back, but without its log
            self._record.write(self._file, saved=target)
        return f"the old database was saved as {target}, {log}"

    def _move_log(self, target: Path) -> Path | None:
        """Move the log and its index if they are those that this process has open.

        Return the log's new path, also if an earlier attempt has moved it.
        """
        for suffix in (LOG, LOG_INDEX):
            if is_open_here(present := with_suffix(self._path, suffix)):
                present.rename(with_suffix(target, suffix))
        flush(target.parent)
        moved = with_suffix(target, LOG)
        return moved if moved.exists() else None

    def _copy(self, target: Path) -> None:
        """Copy the database under a temporary name: SQLite deletes the log of an empty database."""
        partial = with_suffix(target, ".partial")
        partial.unlink(missing_ok=True)
        create_private(partial)
        try:
            with closing(open_file(partial)) as copy:
                self._connection.backup(copy)
            flush(partial)
            partial.rename(target)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
        flush(target.parent)


def _unused_path(database: Path) -> Path:
    """Return a path beside the database, with the time in its name, that no file has."""
    base = with_suffix(database, f".replaced-{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
    candidates = (base if number == 1 else with_suffix(base, f"-{number}") for number in count(1))
    suffixes = ("", LOG, LOG_INDEX)
    return next(
        path
        for path in candidates
        if not any(os.path.lexists(with_suffix(path, suffix)) for suffix in suffixes)
    )
