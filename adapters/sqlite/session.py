"""Sessions on SQLite: a transaction that writes, and reads that are each a transaction.

Reads of few rows run on the event loop. Statements that may scan run in threads.
"""

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy.sql.base import Executable

from adapters.sqlite.connections import READING, compile_statement, fetch_all
from adapters.sqlite.errors import translate_errors
from adapters.sqlite.group_commit import Savepoint
from adapters.sqlite.locks import retry_while_locked
from adapters.sqlite.scans import ScanPool
from adapters.sqlite.served.served_file import FileConnection, ServedFile
from adapters.sqlite.writer import Writer


class WritingSession:
    """``SqlSession`` on the writer. The first statement acquires the writer's lock.

    Statements run on the event loop: they access few rows, by index, in microseconds.
    """

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._unit: Savepoint | None = None

    async def exec(self, statement: Executable, params: Mapping[str, Any]) -> Sequence[Any]:
        if self._unit is None:
            self._unit = await self._writer.begin()
        query = compile_statement(statement)
        with translate_errors():
            return self._unit.fetch_all(query.text, query.bind(params))

    async def commit(self) -> None:
        if self._unit is not None:
            unit, self._unit = self._unit, None
            await self._writer.commit(unit)

    async def close(self) -> None:
        if self._unit is not None:
            unit, self._unit = self._unit, None
            await self._writer.rollback(unit)


class Reader:
    """``SqlExecutor`` on a connection of the event loop, and on a pool of threads for scans.

    Each statement sees the data committed before it, and holds no lock afterwards. ``timeout`` is
    that of the file's locks, in seconds.
    """

    def __init__(self, file: ServedFile, timeout: float, scans: ScanPool) -> None:
        self._inline = FileConnection(file, READING)
        self._timeout = timeout
        self._scans = scans

    async def exec(self, statement: Executable, params: Mapping[str, Any]) -> Sequence[Any]:
        """Execute the statement and return all rows. A scan does not block the event loop."""
        text, _, may_scan = query = compile_statement(statement)
        arguments = query.bind(params)
        with translate_errors():
            if may_scan:
                return await self._scans.fetch_all(text, arguments)
            deadline = asyncio.get_running_loop().time() + self._timeout
            return await retry_while_locked(partial(self._read, text, arguments), deadline)

    def close(self) -> None:
        """Close the connections. Waits for running scans."""
        self._scans.close()
        self._inline.close()

    def _read(self, text: str, arguments: Sequence[Any]) -> Sequence[Any]:
        return fetch_all(self._inline.get(), text, arguments)
