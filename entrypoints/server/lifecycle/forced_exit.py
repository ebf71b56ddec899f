"""End a process whose shutdown hangs.

A thread that waits for a disk cannot be cancelled, and the interpreter waits for its threads.
"""

import logging
import os
import threading
import time
from collections.abc import Callable

PAUSE = 0.5
"""Seconds between two calls of ``may_end``."""

EXIT_CODE = 0
"""A success: every acknowledged write is on disk."""

log = logging.getLogger(__name__)


def exit_after(seconds: float, may_end: Callable[[], bool]) -> None:
    """Start a thread that ends the process after ``seconds``, once ``may_end`` returns true."""
    threading.Thread(
        target=_wait_and_exit, args=(seconds, may_end), name="exit", daemon=True
    ).start()


def _wait_and_exit(seconds: float, may_end: Callable[[], bool]) -> None:
    time.sleep(seconds)
    while not may_end():
        time.sleep(PAUSE)
    log.error("the database could not be closed within %g s; exiting without closing it", seconds)
    os._exit(EXIT_CODE)
