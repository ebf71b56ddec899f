"""The embedded engine's connections: how a SQLite file is opened for each purpose.

The file is in WAL mode, so readers and the writer do not wait for each other, and every commit is
flushed (``synchronous=FULL``). A connection used on the event loop never waits inside SQLite:
its busy timeout is 0, and ``patiently`` does the waiting. A file that was removed or replaced is
noticed before the next statement: what is written to a file that has no name is lost.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from sqlalchemy import URL, Engine, NullPool, QueuePool, create_engine, event
from sqlalchemy.exc import DBAPIError, DisconnectionError

from adapters.driver_errors import is_busy

T = TypeVar("T")

FIRST_PAUSE = 0.001
LONGEST_PAUSE = 0.05
"""Seconds between two attempts at a lock that another process holds."""

THREAD_PATIENCE = 1.0
"""Seconds that SQLite itself may wait for a lock where that holds up nothing else."""

READING = {"query_only": "ON"}
WRITING = {"synchronous": "FULL", "foreign_keys": "ON"}
MIGRATING = {"synchronous": "FULL", "foreign_keys": "OFF", "legacy_alter_table": "ON"}
"""Pragmas of each kind of connection."""

ONE_CONNECTION: dict[str, Any] = {"poolclass": QueuePool, "pool_size": 1, "max_overflow": 0}
ONE_EACH_TIME: dict[str, Any] = {"poolclass": NullPool}
AUTOCOMMIT: dict[str, Any] = {"isolation_level": "AUTOCOMMIT", "skip_autocommit_rollback": True}


def writing_engine(url: URL) -> Engine:
    """Return the engine of the one connection that writes, for the event loop."""
    engine = _engine(url, WRITING, **ONE_CONNECTION)
    _begin_immediately(engine)
    return engine


def reading_engine(url: URL) -> Engine:
    """Return the engine of the one connection that reads, for the event loop.

    Each statement is a transaction of its own, fetched whole before the next one runs.
    """
    return _engine(url, READING, **ONE_CONNECTION, **AUTOCOMMIT)


def threaded_reading_engine(url: URL) -> Engine:
    """Return an engine for statements that take long; each runs on its own, in a thread."""
    return _engine(url, READING, timeout=THREAD_PATIENCE, **ONE_EACH_TIME, **AUTOCOMMIT)


def migrating_engine(url: URL) -> Engine:
    """Return an engine that changes the schema, and makes the file where there is none.

    Foreign keys rest and renaming leaves other objects alone, as SQLite asks for when a table is
    rebuilt.
    """
    engine = _engine(url, MIGRATING, mode="rwc", timeout=THREAD_PATIENCE, **ONE_EACH_TIME)
    _begin_immediately(engine)
    return engine


async def patiently(operation: Callable[[], T], deadline: float) -> T:
    """Return what ``operation`` returns, tried again while the database is locked.

    ``deadline`` is in the event loop's time; past it the driver's error passes through.
    """
    clock = asyncio.get_running_loop().time
    pause = FIRST_PAUSE
    while True:
        try:
            return operation()
        except DBAPIError as error:
            if not is_busy(error) or clock() + pause > deadline:
                raise
        await asyncio.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)


def _engine(
    url: URL, pragmas: dict[str, str], *, mode: str = "rw", timeout: float = 0, **options: Any
) -> Engine:
    path = Path(url.database or "").absolute()
    engine = create_engine(
        URL.create(
            "sqlite", database=f"file:{quote(str(path))}", query={"mode": mode, "uri": "true"}
        ),
        hide_parameters=True,
        connect_args={"isolation_level": None, "check_same_thread": False, "timeout": timeout},
        **options,
    )

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, record: Any) -> None:
        record.info["file"] = _identity(path)
        for name, value in pragmas.items():
            connection.execute(f"PRAGMA {name}={value}")

    @event.listens_for(engine, "checkout")
    def refuse_if_replaced(_: Any, record: Any, __: Any) -> None:
        if record.info["file"] != _identity(path):
            raise DisconnectionError

    return engine


def _identity(path: Path) -> tuple[int, int] | None:
    """Return what tells the file from any other, or ``None`` where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _begin_immediately(engine: Engine) -> None:
    """Take the write lock at once: a lock taken later could not wait for other writers."""

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
