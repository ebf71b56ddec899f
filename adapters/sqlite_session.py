"""A unit of work's session on SQLite."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.sql.base import Executable

from adapters.driver_errors import translated
from adapters.sqlite import compiled
from adapters.sqlite_batch import Savepoint
from adapters.sqlite_writer import Writer


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
