"""Replace the file of a database by a new one, so that a killed process leaves one of them whole.

Each step is durable before the next one::

    leave WAL mode       writes the log into the old file; proves that nobody else has it open
    hard links           to the old file; if it is damaged, then to its log too, which is unchanged
    marker               from here on a start finishes what is missing
    rename               the new file over the old one
    remove               a leftover log
    remove               the marker
"""

import itertools
import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from adapters.sqlite.backups.exclusive import exclusive_lock, in_use
from adapters.sqlite.backups.files import (
    SIDE_FILES,
    explain_errors,
    inode,
    side_files,
)
from adapters.sqlite.backups.marker import (
    Marker,
    abandoned_marker,
    marked,
    marker_path,
    remove_marker,
)
from adapters.sqlite.connections import THREAD_TIMEOUT, connect
from adapters.sqlite.errors import is_busy
from adapters.sqlite.files import LOG_INDEX, flush, resolve, with_suffix
from service_layer.backup import BackupFailed
from service_layer.errors import UnusableDatabase

ALONE = {"locking_mode": "EXCLUSIVE", "synchronous": "FULL"}


def replace_database(path: Path, new: Path, *, is_whole: bool) -> Path | None:
    """Rename ``new`` to ``path``. Return where the old file is kept, or ``None`` without one.

    ``new`` is durable, in the same folder, and has no log. ``is_whole`` is whether the old file is
    undamaged. Raises ``BackupFailed``.
    """
    if is_whole:
        _leave_wal(path)
    with exclusive_lock(path), exclusive_lock(new):
        kept = _keep(path)
        logs = {file.name: file.lstat().st_ino for file in side_files(path)}
        marker = Marker(inode(path), new.stat().st_ino, new.name, logs)
        with (
            marked(path, marker),
            explain_errors(f"the restore of {path} is incomplete; the next start finishes it"),
        ):
            _finish(path, marker)
    return kept


def finish_interrupted(path: Path) -> None:
    """Finish the replacement that a killed restore has begun. Blocks.

    Raises ``UnusableDatabase`` if that is not possible.
    """
    path = resolve(path)  # the marker is beside the file that a symbolic link leads to
    if not marker_path(path).exists():
        return
    try:
        with explain_errors(f"cannot replace {path}"), abandoned_marker(path) as marker:
            if marker is not None:
                _finish_abandoned(path, marker)
    except BackupFailed as error:
        raise UnusableDatabase(f"its interrupted restore cannot be finished: {error}") from error


def _leave_wal(path: Path) -> None:
    """Write the log into the file, and remove the log.

    Raises ``BackupFailed`` if another connection is open.
    """
    try:
        with closing(connect(path, ALONE, timeout=THREAD_TIMEOUT)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE").fetchone()
            connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.Error as error:
        if is_busy(error):
            raise in_use(path) from error
        # such as a full disk: the file is kept together with its log


def _keep(path: Path) -> Path | None:
    """Give the files of the database second names, and return that of the database itself."""
    # the index of a log is not kept: SQLite builds it anew
    kept_suffixes = ("", *(suffix for suffix in SIDE_FILES if suffix != LOG_INDEX))
    files = [file for suffix in kept_suffixes if os.path.lexists(file := with_suffix(path, suffix))]
    if not files:
        return None
    kept = _unused_name(path)
    for file in files:
        with_suffix(kept, file.name.removeprefix(path.name)).hardlink_to(file)
    flush(path.parent)
    return kept


def _unused_name(path: Path) -> Path:
    name = path.with_name(f"{path.name}.before-{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
    numbered = (with_suffix(name, f"-{number}") for number in itertools.count(2))
    return next(
        name
        for name in itertools.chain([name], numbered)
        if not os.path.lexists(name) and not side_files(name)
    )


def _finish_abandoned(path: Path, marker: Marker) -> None:
    new = path.with_name(marker.new_name)
    is_renamed = inode(path) == marker.new_inode
    if not is_renamed and (inode(path), inode(new)) != (marker.old_inode, marker.new_inode):
        raise BackupFailed(
            f"its files were moved since; see that {path} is the database you want, without the "
            f"logs of another, and remove {marker_path(path)}"
        )
    with exclusive_lock(path), exclusive_lock(new):
        _finish(path, marker)


def _finish(path: Path, marker: Marker) -> None:
    """Take the steps that are missing. The files are locked."""
    new = path.with_name(marker.new_name)
    if inode(new) == marker.new_inode:
        new.rename(path)
        flush(path.parent)
    for name, number in marker.logs.items():
        if inode(log := path.with_name(name)) == number:
            log.unlink()
    flush(path.parent)
    remove_marker(path)
