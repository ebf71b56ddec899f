"""The metrics of several worker processes, added up.

This is the multiprocess mode of prometheus-client: each process writes its values to memory-mapped
files, and the process that is scraped adds up all files. By default it names the files by process
id. Then the files of each replaced worker would remain, because they contain its counts. Here a
worker claims a slot by locking a file, and continues the counts of the worker that had the slot
before::

    slot 0    worker 17 ─────────────────────────────────
    slot 1    worker 18 ──── killed     worker 21 ───────      continues the counts of 18
"""

import fcntl
import logging
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

from prometheus_client import CollectorRegistry, values
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

DIRECTORY = "PROMETHEUS_MULTIPROC_DIR"
"""prometheus-client's environment variable for the directory of the files."""

PREFIX = "metrics-"
"""Beginning of the names of directories."""

OWNER = "owner.lock"
"""File whose lock the parent of the workers holds. Without that, the directory is left over."""

LOCK = "slots.lock"
"""File that a process locks while it claims or inspects slots."""

FILES = ("counter", "gauge_livesum", "histogram")
"""Kinds of files, as prometheus-client names them."""

FILE_SIZE = 2**20
"""Initial size of a file in bytes: enough for 200 series of a histogram.

Its space is allocated before it is mapped: on a full disk, a write to a mapped file would kill the
process (SIGBUS).
"""

log = logging.getLogger(__name__)


@contextmanager
def shared_directory() -> Iterator[None]:
    """Create the directory in which processes that are started in the block share their metrics.

    It removes those of earlier processes that were killed. If no directory can be created, it logs
    an error and exits with 1.
    """
    try:
        _remove_left_over(Path(gettempdir()))
        directory = TemporaryDirectory(prefix=PREFIX)
        _own(Path(directory.name))
    except OSError as error:
        reason = error.strerror or type(error).__name__
        log.error(  # noqa: TRY400 - no traceback needed
            "cannot create a directory for the workers' metrics: %s; set TMPDIR", reason
        )
        sys.exit(1)
    with directory as path:
        os.environ[DIRECTORY] = path
        yield


class WorkerFiles:
    """The files of all workers, of which this process claims a slot until it ends.

    Metrics that are created afterwards have their values in the files of the slot, so a process may
    have only one object of this class. Raises ``OSError``, such as for a full disk.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        with self._locked():
            self.slot = self._claim()
            mark_process_dead(self.slot, str(directory))  # the gauges of its last worker
            self._allocate()
        values.ValueClass = values.MultiProcessValue(lambda: self.slot)

    def registry(self) -> CollectorRegistry:
        """Return a registry with the sums over all workers."""
        registry = CollectorRegistry()
        MultiProcessCollector(registry, str(self._directory))
        return registry

    def remove_dead_gauges(self) -> None:
        """Remove the gauges of workers that have ended, but not their counters. Blocks briefly."""
        with self._locked():
            for path in self._directory.glob("slot-*.lock"):
                descriptor = _try_lock(path)
                if descriptor is not None:
                    mark_process_dead(_slot(path), str(self._directory))
                    os.close(descriptor)

    def _claim(self) -> int:
        """Lock and return the first free slot. The lock is held until this process ends."""
        paths = ((slot, self._directory / f"slot-{slot}.lock") for slot in count())
        return next(slot for slot, path in paths if _try_lock(path) is not None)

    def _allocate(self) -> None:
        for kind in FILES:
            path = self._directory / f"{kind}_{self.slot}.db"
            with path.open("ab") as file:
                try:
                    os.posix_fallocate(file.fileno(), 0, FILE_SIZE)
                except OSError:
                    path.unlink()  # other workers could not read it
                    raise

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with (self._directory / LOCK).open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def find_worker_files() -> WorkerFiles | None:
    """Return the files that this process shares with others, or ``None`` if there are no others.

    Logs a warning and returns ``None`` if they cannot be used: the service starts all the same.
    """
    directory = os.environ.get(DIRECTORY)
    if not directory:
        return None
    try:
        return WorkerFiles(Path(directory))
    except OSError as error:
        reason = error.strerror or type(error).__name__
        log.warning("the metrics of this process are not shared with other workers: %s", reason)
        values.ValueClass = values.MutexValue  # because of the variable it would use files, too
        return None


def _own(directory: Path) -> None:
    """Hold the lock of the directory until this process ends. The file is there once it is held."""
    path = directory / f"{OWNER}.new"
    _try_lock(path)
    path.rename(directory / OWNER)


def _remove_left_over(folder: Path) -> None:
    """Remove the directories of this user that no process owns any more."""
    for path in folder.glob(f"{PREFIX}*/{OWNER}"):
        with suppress(OSError):  # another process removes it at this moment
            _remove_unless_owned(path)


def _remove_unless_owned(path: Path) -> None:
    if path.parent.lstat().st_uid != os.geteuid():
        return
    descriptor = _try_lock(path)
    if descriptor is not None:
        shutil.rmtree(path.parent, ignore_errors=True)
        os.close(descriptor)


def _try_lock(path: Path) -> int | None:
    """Lock the file, and return its descriptor, or ``None`` if another process has locked it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def _slot(path: Path) -> int:
    return int(path.stem.removeprefix("slot-"))
