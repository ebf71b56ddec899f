"""Retries while another process holds a lock on the file.

A long busy timeout of SQLite would block the event loop, and a signal could not interrupt it at
startup.
"""

import asyncio
import sqlite3
import time
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import DBAPIError

from adapters.sqlite.errors import is_busy

T = TypeVar("T")

MIN_DELAY = 0.001
MAX_DELAY = 0.05
"""Seconds between two attempts: exponential backoff from ``MIN_DELAY`` to ``MAX_DELAY``."""

START_TIMEOUT = 30.0
"""Seconds to wait at startup for another process that migrates the same file."""


async def retry_while_locked(operation: Callable[[], T], deadline: float) -> T:
    """Call ``operation`` until the database is not locked, and return its result.

    ``deadline`` is a time of the event loop's clock. After it, the driver's error is raised.
    """
    clock = asyncio.get_running_loop().time
    delay = MIN_DELAY
    while True:
        try:
            return operation()
        except sqlite3.Error as error:
            if not is_busy(error) or clock() + delay > deadline:
                raise
        await asyncio.sleep(delay)
        delay = min(2 * delay, MAX_DELAY)


def retry_while_locked_at_start(operation: Callable[[], T]) -> T:
    """Call ``operation`` until the database is not locked, and return its result.

    Blocks. After ``START_TIMEOUT`` seconds, SQLAlchemy's error is raised.
    """
    deadline = time.monotonic() + START_TIMEOUT
    while True:
        try:
            return operation()
        except DBAPIError as error:
            if not is_busy(error.orig) or time.monotonic() > deadline:
                raise
        time.sleep(MAX_DELAY)
