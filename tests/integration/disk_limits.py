"""A disk that takes no more of a running process, without mounting anything."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.served import Served

THIS_PROCESS = 0


@contextmanager
def disk_full(served: Served, room: int = 0) -> Iterator[None]:
    """Fail every write of the server beyond the first ``room`` bytes of a file.

    SQLite writes a transaction to its log when it commits, so that is when it fails. The files
    that are open stay open, and the old limit comes back at the end.
    """
    with _limited(served.process.pid, room):
        yield


@contextmanager
def own_disk_full() -> Iterator[None]:
    """Fail every write of this process to a file."""
    with _limited(THIS_PROCESS, 0):
        yield


@contextmanager
def _limited(process: int, room: int) -> Iterator[None]:
    soft, hard = resource.prlimit(process, resource.RLIMIT_FSIZE)
    resource.prlimit(process, resource.RLIMIT_FSIZE, (room, hard))
    try:
        yield
    finally:
        resource.prlimit(process, resource.RLIMIT_FSIZE, (soft, hard))
