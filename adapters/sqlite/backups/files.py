"""The files of a SQLite database, and durable changes of folders."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from adapters.sqlite.errors import error_message
from service_layer.backup import BackupFailed

SIDE_FILES = ("-wal", "-shm", "-journal")
"""Suffixes of the files that SQLite keeps beside a database: its logs, and their index."""


def real_path(path: Path) -> Path:
    """Return the absolute path without symbolic links, as SQLite resolves it."""
    return Path(os.path.realpath(path))


def side_file(path: Path, suffix: str) -> Path:
    """Return the path of a file beside the database."""
    return path.with_name(path.name + suffix)


def side_files(path: Path) -> list[Path]:
    """Return the existing files beside the database that belong to it."""
    return [file for suffix in SIDE_FILES if os.path.lexists(file := side_file(path, suffix))]


def inode(path: Path) -> int | None:
    """Return the inode of the file, or ``None`` if there is no file."""
    try:
        return path.stat().st_ino
    except FileNotFoundError:
        return None


def flush(path: Path) -> None:
    """Flush the content of a file, or the names in a folder, to the disk (``fsync``)."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def require_space(folder: Path, size: int) -> None:
    """Raise ``BackupFailed`` if the disk of the folder has no space for a file of this size.

    Without this, a backup could fill the disk that the service writes to before it fails.
    """
    total, _, free = shutil.disk_usage(folder)
    if total and free < size:
        raise BackupFailed(
            f"the disk of {folder} is too full: {size:,} bytes are needed, {free:,} are free"
        )


@contextmanager
def explain_errors(action: str) -> Iterator[None]:
    """Raise ``BackupFailed`` for an error of SQLite or the system. ``action`` is what failed."""
    try:
        yield
    except OSError as error:
        raise BackupFailed(f"{action}: {error.strerror or error}") from error
    except sqlite3.Error as error:
        is_full = getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
        reason = "the disk is full" if is_full else error_message(error)
        raise BackupFailed(f"{action}: {reason}") from error
