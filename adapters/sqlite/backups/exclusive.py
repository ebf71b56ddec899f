"""Exclude all other connections to a SQLite file."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from service_layer.backup import BackupFailed

SHARED_FIRST, SHARED_SIZE = 0x4000_0002, 510
"""The bytes that a connection locks for reading ("The SQLite OS interface", ``SHARED_FIRST``).

In WAL mode a connection holds this lock from its first statement until it is closed.
"""


@contextmanager
def exclusive_lock(path: Path) -> Iterator[None]:
    """Hold the file locked, so that no connection can read or write it. It need not exist.

    This works for a damaged file too. Raises ``BackupFailed`` if a process has the file open, even
    if it has not used it yet. The lock belongs to this process, and ends early if the process
    closes another descriptor of the file (fcntl(2)): so nothing else may open the file meanwhile.
    """
    if not path.exists():
        yield
        return
    descriptor = os.open(path, os.O_RDWR)
    try:
        _lock(descriptor, path)
        yield
    finally:
        os.close(descriptor)


def in_use(path: Path) -> BackupFailed:
    """Return the error about a database that other processes use. It names them if it can."""
    others = ", ".join(_processes(path)) or "another process"
    return BackupFailed(f"{path} is in use by {others}: stop that first")


def _lock(descriptor: int, path: Path) -> None:
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, SHARED_SIZE, SHARED_FIRST)
    except BlockingIOError:
        raise in_use(path) from None
    if not os.path.samestat(os.fstat(descriptor), path.stat()):
        raise BackupFailed(f"{path} has just been replaced: try again")
    if _processes(path):
        raise in_use(path)


def _processes(path: Path) -> list[str]:
    """Return the other processes that have the file open, as far as this user may see them."""
    status = path.stat()
    return [
        _describe(process)
        for process in Path("/proc").glob("[0-9]*")
        if int(process.name) != os.getpid() and _has_open(process, status)
    ]


def _has_open(process: Path, status: os.stat_result) -> bool:
    with suppress(OSError):  # it has ended, or belongs to another user
        for descriptor in (process / "fd").iterdir():
            with suppress(OSError):
                if os.path.samestat(descriptor.stat(), status):
                    return True
    return False


def _describe(process: Path) -> str:
    with suppress(OSError):
        return f"process {process.name} ({(process / 'comm').read_text().strip()})"
    return f"process {process.name}"
