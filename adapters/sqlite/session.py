"""Executing statements on SQLite: in a unit of work that writes, or each by itself.

Quick reads run on the event loop, scans beside it.
"""

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy.sql.base import Executable

from adapters.sqlite.connections import READING, LastingConnection, compiled, rows
from adapters.sqlite.errors import translated
from adapters.sqlite.group_commit import Savepoint
from adapters.sqlite.locks import patiently
from adapters.sqlite.scans import Scans
from adapters.sqlite.writer import Writer


class WritingSession:
    """``SqlSession`` that takes its turn at the writer with the first statement.

    Statements run inline: those of a command touch single indexed rows, which takes microseconds.
    """

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._unit: Savepoint | None = None

    async def exec(self, statement: Executable, params: Mapping[str, Any]) -> Sequence[Any]:
        if self._unit is None:
            self._unit = await self._writer.begin()
        query = compiled(statement)
        with translated():
            return self._unit.rows(query.text, query.arguments(params))

    async def commit(self) -> None:
        if self._unit is not None:
            unit, self._unit = self._unit, None
            await self._writer.commit(unit)

    async def close(self) -> None:
        if self._unit is not None:
            unit, self._unit = self._unit, None
            await self._writer.abandon(unit)


class Readers:
    """``SqlExecutor`` over a connection on the event loop, and those of the scans.

    Each statement sees what is committed by then, and holds nothing when it is done.
    ``patience`` is the most seconds a read waits for a lock.
    """

    def __init__(self, path: Path, patience: float, scans: Scans) -> None:
        self._inline = LastingConnection(path, READING)
        self._patience = patience
        self._scans = scans

    async def exec(self, statement: Executable, params: Mapping[str, Any]) -> Sequence[Any]:
        """Return all rows; a statement that may scan does not hold up the event loop."""
        text, _, may_scan = query = compiled(statement)
        arguments = query.arguments(params)
        with translated():
            if may_scan:
                return await self._scans.rows(text, arguments)
            deadline = asyncio.get_running_loop().time() + self._patience
            return await patiently(partial(self._read, text, arguments), deadline)

    def close(self) -> None:
        """Close the connections, those of scans that run as soon as they are done."""
        self._scans.close()
        self._inline.close()

    def _read(self, text: str, arguments: Sequence[Any]) -> Sequence[Any]:
        return rows(self._inline.ready(), text, arguments)
