"""The marker of a restore that has begun to replace the database.

It is a file beside the database. A start, or another restore, that finds it finishes the step. The
restore holds it locked (``flock``), so a marker that can be locked is that of a killed process.
"""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from adapters.sqlite.backups.temporary import lock, temporary_file
from adapters.sqlite.files import flush, with_suffix
from service_layer.backup import BackupFailed

SUFFIX = "-restoring"
PREFIX = ".marker-"

TIMEOUT = 30.0
"""Seconds to wait for a restore that is replacing the database. It takes milliseconds."""

PAUSE = 0.01
MAX_SIZE = 65536


@dataclass(frozen=True)
class Marker:
    """What remains to be done.

    The inodes identify the files: since the restore was killed, others may have got their names.
    """

    old_inode: int | None
    """The file of the previous database, if there was one."""

    new_inode: int
    new_name: str
    """The new file, and its name in the folder of the database until it is renamed."""

    logs: dict[str, int]
    """Names and inodes of the old file's logs, which must not be read with the new file."""


def marker_path(path: Path) -> Path:
    """Return the path of the marker of a database."""
    return with_suffix(path, SUFFIX)


@contextmanager
def marked(path: Path, marker: Marker) -> Iterator[None]:
    """Create the marker, complete and durable, and hold it locked until the end of the block.

    Raises ``FileExistsError`` if there is one.
    """
    with temporary_file(path.parent, PREFIX) as file:
        file.write_text(json.dumps(asdict(marker)))
        flush(file)
        marker_path(path).hardlink_to(file)
        flush(path.parent)
        yield


@contextmanager
def abandoned_marker(path: Path) -> Iterator[Marker | None]:
    """Yield the marker of a killed restore, if there is one, and lock it during the block.

    Waits while its restore is running. Raises ``BackupFailed`` after ``TIMEOUT`` seconds.
    """
    deadline = time.monotonic() + TIMEOUT
    while (file := _open(marker_path(path))) is not None:
        try:
            if lock(file, marker_path(path)):
                yield _read(file, path)
                return
        finally:
            os.close(file)
        if time.monotonic() > deadline:
            raise BackupFailed(f"a restore of {path} is still running: try again when it has ended")
        time.sleep(PAUSE)
    yield None


def remove_marker(path: Path) -> None:
    """Remove the marker, durably."""
    marker_path(path).unlink()
    flush(path.parent)


def _open(path: Path) -> int | None:
    try:
        return os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except FileNotFoundError:
        return None


def _read(file: int, path: Path) -> Marker:
    try:
        return Marker(**json.loads(os.pread(file, MAX_SIZE, 0)))
    except (TypeError, ValueError):
        raise BackupFailed(
            f"{marker_path(path)} is not the marker of a restore: remove it"
        ) from None
