"""Write a backup of a SQLite file that may be in use.

The backup appears under its name when it is complete and durable::

    a private file in the target's folder
    copy of a snapshot, without a log
    integrity_check, foreign_key_check
    fsync of the file
    rename to the target, fsync of the folder
"""

import os
from contextlib import closing
from pathlib import Path

from adapters.sqlite.backups.copying import copy_database
from adapters.sqlite.backups.files import (
    SIDE_FILES,
    explain_errors,
    side_files,
)
from adapters.sqlite.backups.marker import marker_path
from adapters.sqlite.backups.temporary import remove_abandoned, temporary_file
from adapters.sqlite.backups.verification import (
    check_header,
    check_integrity,
    check_origin,
    find_broken_references,
)
from adapters.sqlite.connections import READING, connect
from adapters.sqlite.files import flush, resolve, with_suffix
from adapters.sqlite.served.serving_record import SUFFIX as RECORD
from service_layer.backup import Backup, BackupFailed, BackupRefused, BackupStopped, Progress

PREFIX = ".backup-"

BUSY_TIMEOUT = 5.0
"""Seconds to wait for a process that is recovering the log."""

SINGLE_FILE = {"locking_mode": "EXCLUSIVE", "journal_mode": "DELETE"}
"""Pragmas of the copy: without a log, it is a single file, and can be read on a read-only disk."""


def back_up(path: Path, target: Path, progress: Progress, *, replace: bool) -> Backup:
    """Write a backup of the database at ``path``. Blocks. Raises ``BackupFailed``.

    ``replace`` is whether an existing file at ``target`` is replaced.
    """
    path, target = resolve(path), resolve(target)
    with explain_errors(f"cannot back up {path} to {target}"):
        _check_database(path)
        _check_target(path, target, replace=replace)
        remove_abandoned(target.parent, PREFIX)
        with temporary_file(target.parent, PREFIX) as copy:
            pinned = _copy(path, copy, progress)
            warning = _check_copy(copy, path, progress)
            progress.report("Flushing")
            flush(copy)
            size = copy.stat().st_size
            if progress.is_stopped():
                raise BackupStopped
            _check_target(path, target, replace=replace)
            copy.rename(target)
            flush(target.parent)
    return Backup(size, pinned, warning)


def _check_database(path: Path) -> None:
    if not path.is_file():
        raise BackupFailed(f"there is no database {path}: check its URL in the settings")
    if marker_path(path).exists():
        raise BackupFailed(f"a restore of {path} was interrupted: run the migrations to finish it")
    check_header(path)


def _check_target(path: Path, target: Path, *, replace: bool) -> None:
    """Raise ``BackupFailed`` if writing the target would lose data."""
    beside = (*SIDE_FILES, RECORD)
    own = {path, marker_path(path), *(with_suffix(path, suffix) for suffix in beside)}
    if target in own or _is_same_file(path, target):
        raise BackupRefused(f"{target} belongs to the database itself: name another file")
    if logs := side_files(target):
        raise BackupFailed(f"{target} is in use, or {logs[0]} is left over: name another file")
    if not os.path.lexists(target):
        return
    if not target.is_file():
        raise BackupFailed(f"{target} is not a file: name one in that folder")
    if not replace:
        raise BackupFailed(f"{target} exists: name another file, or add --replace")


def _is_same_file(path: Path, target: Path) -> bool:
    return target.exists() and target.samefile(path)


def _copy(path: Path, copy: Path, progress: Progress) -> float:
    with (
        explain_errors(f"cannot read {path}"),
        closing(connect(path, READING, timeout=BUSY_TIMEOUT)) as source,
    ):
        check_origin(source, path)
        return copy_database(source, copy, "Copying", progress)


def _check_copy(copy: Path, path: Path, progress: Progress) -> str:
    """Check the copy and remove its log. Return a warning, or an empty text."""
    with closing(connect(copy, SINGLE_FILE)) as connection:
        check_integrity(connection, path, progress)
        return find_broken_references(connection, path, progress)
