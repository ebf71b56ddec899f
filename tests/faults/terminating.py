"""Ends the service's own connection just before one step of what it does."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
from sqlalchemy import Connection, Engine, Pool, event

GONE_WITHIN = 5_000
"""Milliseconds that the server gives the process of a connection to end."""


@dataclass
class Terminator:
    """Counts statements, and ends the connection at one of them, or at COMMIT."""

    url: str
    statement: int | None
    """The number of the statement, from 1; ``None`` for COMMIT."""

    statements: int = 0
    pool: Pool | None = None
    """Where the ended connection came from; ``None`` as long as none was ended."""

    def before_statement(self, connection: Connection, *_: object) -> None:
        """Count a statement that is about to be sent."""
        self.statements += 1
        if self.statements == self.statement:
            self._terminate(connection)

    def before_commit(self, connection: Connection) -> None:
        """Take note of a COMMIT that is about to be sent."""
        if self.statement is None:
            self._terminate(connection)

    def _terminate(self, connection: Connection) -> None:
        """Block the event loop until the connection is gone, so that the driver can't know."""
        driver: Any = connection.connection.driver_connection
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, _end(self.url, driver.get_server_pid())).result()
        self.pool = connection.engine.pool


@contextmanager
def terminated_before(url: str, statement: int | None) -> Iterator[Terminator]:
    """End the connection on which the given step is about to be taken, with every engine."""
    terminator = Terminator(url, statement)
    hooks = {
        "before_cursor_execute": terminator.before_statement,
        "commit": terminator.before_commit,
    }
    for name, hook in hooks.items():
        event.listen(Engine, name, hook)
    try:
        yield terminator
    finally:
        for name, hook in hooks.items():
            event.remove(Engine, name, hook)


async def _end(url: str, process: int) -> None:
    connection = await asyncpg.connect(url)
    ended = await connection.fetchval("SELECT pg_terminate_backend($1, $2)", process, GONE_WITHIN)
    await connection.close()
    assert ended
