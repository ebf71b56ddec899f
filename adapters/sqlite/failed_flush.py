"""What happens after a failed flush of the log: it begins anew, or the process ends.

After a failed fsync, Linux may mark the written pages as clean. The page cache then holds what the
disk does not, and the next fsync reports success (record 35). So nothing is acknowledged until the
log's content was written again, into the database, and that was flushed::

    COMMIT       write the log, fsync fails     503, outcome unknown
    checkpoint   write the database, fsync      503 for writes
    truncate     the log                        the next COMMIT writes a new log
"""

import logging
import os
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from adapters.sqlite.files import LOG, resolve, with_suffix
from service_layer.errors import StoreHalted, StoreUnavailable

EXIT_DELAY = 0.1
"""Seconds before the process ends, in which the responses of the failed group are sent."""

BUSY_PAUSE = 0.05
"""Seconds between two attempts while another connection uses the log."""

FAILED = 1
"""Exit code after which a supervisor restarts the service."""

log = logging.getLogger(__name__)


def restart_log(connection: sqlite3.Connection, database: Path) -> bool:
    """Write the log's pages into the database, flush it, truncate the log and flush that.

    Return whether that was possible. It is not while another connection reads from the log or
    writes. Raises ``sqlite3.Error`` or ``OSError`` if the disk fails again.
    """
    ((is_busy, _, _),) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    if not is_busy:
        _flush(with_suffix(resolve(database), LOG))
    return not is_busy


def _flush(log: Path) -> None:
    """Flush the empty log. There are no locks on it, which closing a descriptor would release."""
    descriptor = os.open(log, os.O_RDWR | os.O_CLOEXEC)
    try:
        os.fdatasync(descriptor)
    finally:
        os.close(descriptor)


class LogRestart:
    """Refuses transactions while the log is not trusted, and begins it anew."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._is_pending = False
        self._is_stopped = threading.Event()

    def require_trusted_log(self) -> None:
        """Raise ``StoreHalted`` until the log has begun anew."""
        if self._is_pending:
            raise StoreHalted("a flush of the log failed, and the log has not begun anew yet")

    def distrust_log(self, reason: str) -> None:
        """Refuse transactions until ``run`` has succeeded."""
        self._is_pending = True
        log.error("%s; writes get 503 until the log has begun anew", reason)

    def run(self, get_connection: Callable[[], sqlite3.Connection]) -> None:
        """Begin the log anew as soon as no transaction uses it. If that fails, exit with 1.

        Blocks, so it runs in a thread. Nothing else may use the connection meanwhile.
        """
        try:
            while not restart_log(get_connection(), self._database):
                if self._is_stopped.wait(BUSY_PAUSE):
                    return
        except StoreHalted:
            return  # the file was replaced: everything is refused, and it is being saved
        except (sqlite3.Error, OSError, StoreUnavailable) as error:
            if not _is_halted(get_connection):
                _exit(error)
            return
        self._is_pending = False
        log.warning("the log has begun anew; writes are accepted again")

    def stop(self) -> None:
        """Stop waiting for other transactions."""
        self._is_stopped.set()


def _is_halted(get_connection: Callable[[], sqlite3.Connection]) -> bool:
    """Return whether the file was replaced meanwhile. It must be saved before the process ends."""
    try:
        get_connection()
    except StoreHalted:
        return True
    except (sqlite3.Error, StoreUnavailable):
        return False
    else:
        return False


def _exit(error: Exception) -> NoReturn:
    """Log why, and end the process without another access to the database."""
    time.sleep(EXIT_DELAY)
    log.critical("the log could not begin anew (%s); exiting, to be restarted", error)
    os._exit(FAILED)
