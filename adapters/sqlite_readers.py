"""The readers of a SQLite file: quick reads on the event loop, scans in threads."""

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
from service_layer.errors import StoreUnavailable


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
        """Close the connections and the threads. Waits for the scans that run, not for others."""
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


def _read(engine: Engine, statement: Executable, params: Mapping[str, Any]) -> Sequence[Any]:
    with Session(engine) as session:
        return rows(session, statement, params)


def rows(session: Session, statement: Executable, params: Mapping[str, Any]) -> Sequence[Any]:
    """Return all rows; the session's own ``exec`` would look for entities in them first."""
    return session.connection().execute(statement, params).all()
