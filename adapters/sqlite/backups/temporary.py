"""Temporary files in the folder of the file that they are renamed to.

A file is locked (``flock``) as long as its process runs. So the next process recognizes the file of
a process that was killed, and removes it.
"""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from adapters.sqlite.backups.files import side_files
from adapters.sqlite.files import PRIVATE

SUFFIX = ".partial"


@contextmanager
def temporary_file(folder: Path, prefix: str) -> Iterator[Path]:
    """Create an empty private file, and remove it at the end unless it was renamed."""
    descriptor, path = _create(folder, prefix)
    try:
        yield path
    finally:
        _remove(path)
        os.close(descriptor)


def remove_abandoned(folder: Path, prefix: str) -> None:
    """Remove the temporary files of processes that were killed."""
    for path in folder.glob(f"{prefix}*{SUFFIX}"):
        with suppress(OSError):  # another process has just removed it, or may not be disturbed
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
            try:
                if lock(descriptor, path):
                    _remove(path)
            finally:
                os.close(descriptor)


def lock(descriptor: int, path: Path) -> bool:
    """Lock the file. Return whether it was not locked, and still has this name."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.path.samestat(os.fstat(descriptor), path.lstat())
    except (BlockingIOError, FileNotFoundError):
        return False


def _create(folder: Path, prefix: str) -> tuple[int, Path]:
    while True:
        descriptor, name = tempfile.mkstemp(SUFFIX, prefix, folder)
        os.fchmod(descriptor, PRIVATE)
        path = Path(name)
        if lock(descriptor, path):
            return descriptor, path
        os.close(descriptor)  # taken for abandoned, between its creation and its lock


def _remove(path: Path) -> None:
    for file in [*side_files(path), path]:
        file.unlink(missing_ok=True)
