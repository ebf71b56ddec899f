"""End a process that does not end by itself.

A thread that waits for a disk cannot be cancelled, and the interpreter waits for its threads.
"""

import logging
import os
import threading
import time
from collections.abc import Callable

PAUSE = 0.5
"""Seconds until the process is looked at again if it may not end yet."""

EXIT_CODE = 0
"""Nothing that was acknowledged is lost: it is on disk."""

log = logging.getLogger(__name__)


def exit_after(seconds: float, may_end: Callable[[], bool]) -> None:
    """End the process after this time, and when ``may_end`` returns true, if it still runs."""
    threading.Thread(
        target=_wait_and_exit, args=(seconds, may_end), name="exit", daemon=True
    ).start()


def _wait_and_exit(seconds: float, may_end: Callable[[], bool]) -> None:
    time.sleep(seconds)
    while not may_end():
        time.sleep(PAUSE)
    log.error(
        "the database could not be closed within %g s; the process ends without that", seconds
    )
    os._exit(EXIT_CODE)
