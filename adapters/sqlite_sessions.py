"""A unit of work's session on SQLite: one that writes, and one that only reads."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.sql.base import Executable
from sqlmodel import Session

from adapters.driver_errors import translated
from adapters.sqlite_readers import Readers, rows
from adapters.sqlite_writer import Writer


class WritingSession:
    """``SqlSession`` that takes its turn at the writer with the first statement.

    Statements run inline: those of a command touch single indexed rows, which takes microseconds.
    """

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._session: Session | None = None

    async def exec(self, statement: Executable, params: Mapping[str, Any]) -> Sequence[Any]:
        if self._session is None:
            self._session = await self._writer.begin()
        with translated():
            return rows(self._session, statement, params)

    async def commit(self) -> None:
        if self._session is not None:
            try:
                await self._writer.commit(self._session)
            finally:
                await self.close()

    async def close(self) -> None:
        if self._session is not None:
            session, self._session = self._session, None
            with translated():
                self._writer.end(session)


class ReadingSession:
    """``SqlSession`` whose statements each see what is committed by then, and hold nothing."""

    def __init__(self, readers: Readers) -> None:
        self.exec = readers.exec

    async def commit(self) -> None:
        """There is nothing to commit."""

    async def close(self) -> None:
        """There is nothing to give back."""
