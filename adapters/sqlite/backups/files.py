"""The files beside a database, the space on their disk, and errors that name what failed."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from adapters.sqlite.errors import error_message
from adapters.sqlite.files import LOG, LOG_INDEX, with_suffix
from service_layer.backup import BackupFailed

SIDE_FILES = (LOG, LOG_INDEX, "-journal")
"""Suffixes of the files that SQLite keeps beside a database: its logs, and their index."""


def side_files(path: Path) -> list[Path]:
    """Return the existing files beside the database that belong to it."""
    return [file for suffix in SIDE_FILES if os.path.lexists(file := with_suffix(path, suffix))]


def inode(path: Path) -> int | None:
    """Return the inode of the file, or ``None`` if there is no file."""
    try:
        return path.stat().st_ino
    except FileNotFoundError:
        return None


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
