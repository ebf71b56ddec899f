"""Preserve a replaced database in a thread, and try again until that succeeds."""

import logging
import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress

RETRY_PAUSE = 10.0
"""Seconds between two attempts, for instance on a full disk."""

log = logging.getLogger(__name__)


class Preservation:
    """Preserves one replaced database. What is open here may be all that is left of it.

    ``preserve`` returns where the database is, for the log. It raises ``OSError`` or
    ``sqlite3.Error``. ``pause`` is in seconds.
    """

    def __init__(self, preserve: Callable[[], str], pause: float = RETRY_PAUSE) -> None:
        self._preserve = preserve
        self._pause = pause
        self._is_done = False
        self._is_over = False
        self._has_failed = False
        self._is_stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="preserve")

    def start(self) -> None:
        """Start the thread. Without it, ``finish`` does the work."""
        with suppress(RuntimeError):  # the process may have no more threads
            self._thread.start()

    @property
    def is_pending(self) -> bool:
        """Whether the database is not preserved yet, and it will be tried again."""
        return not (self._is_done or self._is_over)

    def finish(self) -> None:
        """Wait for the attempt in progress, and make the last one if necessary."""
        self._is_stopped.set()
        if self._thread.is_alive():
            self._thread.join()
        if not self._is_done:
            self._try()
        self._is_over = True

    def _run(self) -> None:
        self._try()
        while not self._is_done and not self._is_stopped.wait(self._pause):
            self._try()

    def _try(self) -> None:
        try:
            log.error("%s", self._preserve())
        except (OSError, sqlite3.Error) as error:
            if not self._has_failed:  # the next attempts may fail for the same reason
                log.critical("the old database could not be saved: %s; trying again", error)
            self._has_failed = True
        else:
            self._is_done = True
