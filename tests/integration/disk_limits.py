"""A full disk for one process, by its file size limit (``RLIMIT_FSIZE``)."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.served import Served

THIS_PROCESS = 0


@contextmanager
def disk_full(served: Served, size: int = 0) -> Iterator[None]:
    """Fail every write of the server beyond the first ``size`` bytes of a file.

    SQLite writes a transaction to the write-ahead log when it commits, so COMMIT fails. Open files
    stay open, and the old limit is restored at the end.
    """
    with _limited(served.process.pid, size):
        yield


@contextmanager
def own_disk_full() -> Iterator[None]:
    """Fail every write of this process to a file."""
    with _limited(THIS_PROCESS, 0):
        yield


@contextmanager
def _limited(process: int, size: int) -> Iterator[None]:
    soft, hard = resource.prlimit(process, resource.RLIMIT_FSIZE)
    resource.prlimit(process, resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.prlimit(process, resource.RLIMIT_FSIZE, (soft, hard))
