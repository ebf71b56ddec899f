"""Waiting for a lock that another process holds on the file.

The waiting is done here, not inside SQLite: it does not hold up the event loop, and at the start a
signal can end it.
"""

import asyncio
import sqlite3
import time
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import DBAPIError

from adapters.sqlite.errors import is_busy

T = TypeVar("T")

FIRST_PAUSE = 0.001
LONGEST_PAUSE = 0.05
"""Seconds between two attempts at a lock that another process holds."""

START_TIMEOUT = 30.0
"""Seconds to wait, at start, for another process that migrates the same file."""


async def retry_while_locked(operation: Callable[[], T], deadline: float) -> T:
    """Return what ``operation`` returns, tried again while the database is locked.

    ``deadline`` is in the event loop's time; past it the driver's error passes through.
    """
    clock = asyncio.get_running_loop().time
    pause = FIRST_PAUSE
    while True:
        try:
            return operation()
        except sqlite3.Error as error:
            if not is_busy(error) or clock() + pause > deadline:
                raise
        await asyncio.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)


def retry_while_locked_at_start(operation: Callable[[], T]) -> T:
    """Return what ``operation`` returns, tried again while the database is locked. Blocks."""
    deadline = time.monotonic() + START_TIMEOUT
    while True:
        try:
            return operation()
        except DBAPIError as error:
            if not is_busy(error.orig) or time.monotonic() > deadline:
                raise
        time.sleep(LONGEST_PAUSE)
