"""Replace a SQLite file by a copy of a backup, while no process has it open.

What is checked is the copy that will be used: a private file in the folder of the database.
"""

import os
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

from adapters.sqlite.backups import marker
from adapters.sqlite.backups.copying import copy_database, reading_mode
from adapters.sqlite.backups.exclusive import exclusive_lock
from adapters.sqlite.backups.files import explain_errors
from adapters.sqlite.backups.replacement import finish_interrupted, replace_database
from adapters.sqlite.backups.temporary import remove_abandoned, temporary_file
from adapters.sqlite.backups.verification import (
    check_header,
    check_integrity,
    check_origin,
    check_schema,
    find_broken_references,
)
from adapters.sqlite.connections import READING, connect
from adapters.sqlite.files import flush, resolve
from adapters.sqlite.schema import MIGRATING
from service_layer.backup import BackupFailed, BackupRefused, BackupStopped, Progress, Restored

PREFIX = ".restore-"

CHECKING = {**MIGRATING, "synchronous": "OFF", "locking_mode": "EXCLUSIVE"}
"""Pragmas of the copy. It is flushed at the end."""


def restore(path: Path, backup: Path, progress: Progress) -> Restored:
    """Replace the database at ``path`` by ``backup``. Blocks. Raises ``BackupFailed``."""
    path, backup = resolve(path), resolve(backup)
    if path.exists() and not path.is_file():
        raise BackupRefused(f"{path} is not a file: check its URL in the settings")
    with explain_errors(f"cannot restore {path}"):
        finish_interrupted(path)
        _check_backup(backup, path)
        with exclusive_lock(path):
            pass  # refuse a database in use before the work
        for prefix in (PREFIX, marker.PREFIX):
            remove_abandoned(path.parent, prefix)
        with temporary_file(path.parent, PREFIX) as new:
            _copy(backup, new, progress)
            warning = _check_copy(new, backup, progress)
            is_whole = _is_whole(path, progress)
            progress.report("Flushing")
            _take_owner_and_mode(path, new)
            flush(new)
            if progress.is_stopped():
                raise BackupStopped
            size = new.stat().st_size
            kept = replace_database(path, new, is_whole=is_whole)
            return Restored(size, kept, warning)


def _check_backup(backup: Path, path: Path) -> None:
    if not backup.is_file():
        raise BackupFailed(f"there is no file {backup}")
    if path.exists() and backup.samefile(path):
        raise BackupRefused(f"{backup} is the database itself: name a backup")
    check_header(backup)


def _copy(backup: Path, new: Path, progress: Progress) -> None:
    """Copy the backup, together with its log if there is one."""
    with (
        explain_errors(f"cannot read {backup}"),
        closing(connect(backup, READING, mode=reading_mode(backup))) as source,
    ):
        check_origin(source, backup)
        copy_database(source, new, "Copying", progress)


def _check_copy(new: Path, backup: Path, progress: Progress) -> str:
    """Check the copy. Return a warning, or an empty text."""
    with closing(connect(new, CHECKING)) as connection:
        connection.execute("PRAGMA journal_mode=MEMORY").fetchone()
        check_integrity(connection, backup, progress)
        warning = find_broken_references(connection, backup, progress)
        check_schema(connection, backup)
        _enter_wal(connection)
    return warning


def _is_whole(path: Path, progress: Progress) -> bool:
    """Return whether the database, read together with its log, is undamaged. Do not change it.

    The log of a damaged file may be that of another one, and would damage it more.
    """
    if not path.exists():
        return False
    try:
        with closing(connect(path, READING, mode=reading_mode(path))) as connection:
            check_integrity(connection, path, progress)
    except BackupStopped:
        raise
    except (BackupFailed, sqlite3.Error):
        return False
    return True


def _enter_wal(connection: sqlite3.Connection) -> None:
    """Put the file in WAL mode, as a start without migrations expects it. Its log is empty."""
    connection.execute("PRAGMA journal_mode=WAL").fetchone()


def _take_owner_and_mode(path: Path, new: Path) -> None:
    """Give the new file the owner, group and mode of the file that it replaces."""
    if not path.exists():
        return
    old = path.stat()
    try:
        os.chown(new, old.st_uid, old.st_gid)
    except PermissionError as error:
        raise BackupFailed(f"{path} belongs to another user: restore it as that user") from error
    new.chmod(stat.S_IMODE(old.st_mode))
