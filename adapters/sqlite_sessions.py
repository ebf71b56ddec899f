"""A unit of work's session on SQLite: one that writes, and one that only reads."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.sql.base import Executable
from sqlmodel import Session

from adapters.driver_errors import translated
from adapters.session import MAY_SCAN
from adapters.sqlite import patiently
from adapters.sqlite_writer import Writer
from service_layer.errors import StoreUnavailable


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
            return _rows(self._session, statement, params)

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


class Readers:
    """The connections that read: one on the event loop, and some in threads for scans."""

    def __init__(self, inline: Engine, scanning: Engine, patience: float, threads: int) -> None:
        self._inline = inline
        self._scanning = scanning
        self._patience = patience
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="scan")

    async def exec(self, statement: Executable, params: Mapping[str, Any]) -> Sequence[Any]:
        """Return all rows; a statement that may scan does not hold up the event loop."""
        loop = asyncio.get_running_loop()
        with translated():
            if statement.get_execution_options().get(MAY_SCAN):
                return await self._scan(partial(_read, self._scanning, statement, params))
            read = partial(_read, self._inline, statement, params)
            return await patiently(read, loop.time() + self._patience)

    def dispose(self) -> None:
        """Close the connections and the threads."""
        self._threads.shutdown(cancel_futures=True)
        self._inline.dispose()
        self._scanning.dispose()

    async def _scan(self, scan: Callable[[], Sequence[Any]]) -> Sequence[Any]:
        try:
            async with asyncio.timeout(self._patience):
                return await asyncio.get_running_loop().run_in_executor(self._threads, scan)
        except TimeoutError:
            message = f"no scan was done within {self._patience:g} s"
            raise StoreUnavailable(message) from None


class ReadingSession:
    """``SqlSession`` whose statements each see what is committed by then, and hold nothing."""

    def __init__(self, readers: Readers) -> None:
        self.exec = readers.exec

    async def commit(self) -> None:
        """There is nothing to commit."""

    async def close(self) -> None:
        """There is nothing to give back."""


def _read(engine: Engine, statement: Executable, params: Mapping[str, Any]) -> Sequence[Any]:
    with Session(engine) as session:
        return _rows(session, statement, params)


def _rows(session: Session, statement: Executable, params: Mapping[str, Any]) -> Sequence[Any]:
    return session.connection().execute(statement, params).all()
