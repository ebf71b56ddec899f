"""Executing statements on SQLite: in a unit of work that writes, or each by itself.

Quick reads run on the event loop, scans beside it.
"""

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy.sql.base import Executable

from adapters.sqlite.connections import READING, ReopeningConnection, compile_statement, rows
from adapters.sqlite.errors import translate_errors
from adapters.sqlite.group_commit import Savepoint
from adapters.sqlite.locks import retry_while_locked
from adapters.sqlite.scans import ScanPool
from adapters.sqlite.writer import Writer


class WritingSession:
    """``SqlSession`` that locks the writer with the first statement.

    Statements run inline: those of a command touch single indexed rows, which takes microseconds.
    """

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._unit: Savepoint | None = None

    async def exec(self, statement: Executable, params: Mapping[str, Any]) -> Sequence[Any]:
        if self._unit is None:
            self._unit = await self._writer.begin()
        query = compile_statement(statement)
        with translate_errors():
            return self._unit.rows(query.text, query.arguments(params))

    async def commit(self) -> None:
        if self._unit is not None:
            unit, self._unit = self._unit, None
            await self._writer.commit(unit)

    async def close(self) -> None:
        if self._unit is not None:
            unit, self._unit = self._unit, None
            await self._writer.rollback(unit)


class Reader:
    """``SqlExecutor`` over a connection on the event loop, and a pool of those for scans.

    Each statement sees what is committed by then, and holds nothing when it is done.
    ``timeout`` is the most seconds a read waits for a lock.
    """

    def __init__(self, path: Path, timeout: float, scans: ScanPool) -> None:
        self._inline = ReopeningConnection(path, READING)
        self._timeout = timeout
        self._scans = scans

    async def exec(self, statement: Executable, params: Mapping[str, Any]) -> Sequence[Any]:
        """Return all rows; a statement that may scan does not hold up the event loop."""
        text, _, may_scan = query = compile_statement(statement)
        arguments = query.arguments(params)
        with translate_errors():
            if may_scan:
                return await self._scans.rows(text, arguments)
            deadline = asyncio.get_running_loop().time() + self._timeout
            return await retry_while_locked(partial(self._read, text, arguments), deadline)

    def close(self) -> None:
        """Close the connections, those of scans that run as soon as they are done."""
        self._scans.close()
        self._inline.close()

    def _read(self, text: str, arguments: Sequence[Any]) -> Sequence[Any]:
        return rows(self._inline.get(), text, arguments)
