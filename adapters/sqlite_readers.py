"""The readers of a SQLite file: quick reads on the event loop, scans in threads."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy.sql.base import Executable

from adapters.driver_errors import translated
from adapters.sqlite import (
    READING,
    THREAD_PATIENCE,
    LastingConnection,
    compiled,
    connect,
    patiently,
    rows,
)
from service_layer.errors import StoreUnavailable


class Readers:
    """The connections that read: one on the event loop, and some in threads for scans.

    ``patience`` is the most seconds a read waits for a lock, or for a scan to be done; ``threads``
    is how many scans run at once.
    """

    def __init__(self, path: Path, patience: float, threads: int) -> None:
        self._path = path
        self._inline = LastingConnection(path, READING)
        self._patience = patience
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="scan")

    async def exec(self, statement: Executable, params: Mapping[str, Any]) -> Sequence[Any]:
        """Return all rows; a statement that may scan does not hold up the event loop."""
        text, _, may_scan = query = compiled(statement)
        arguments = query.arguments(params)
        with translated():
            if may_scan:
                return await self._within_patience(partial(self._scan, text, arguments))
            deadline = asyncio.get_running_loop().time() + self._patience
            return await patiently(partial(self._read, text, arguments), deadline)

    def close(self) -> None:
        """Close the connections and the threads. Waits for the scans that run, not for others."""
        self._threads.shutdown(cancel_futures=True)
        self._inline.close()

    def _read(self, text: str, arguments: Sequence[Any]) -> Sequence[Any]:
        return rows(self._inline.ready(), text, arguments)

    def _scan(self, text: str, arguments: Sequence[Any]) -> Sequence[Any]:
        with closing(connect(self._path, READING, timeout=THREAD_PATIENCE)) as connection:
            return rows(connection, text, arguments)

    async def _within_patience(self, scan: Callable[[], Sequence[Any]]) -> Sequence[Any]:
        try:
            async with asyncio.timeout(self._patience):
                return await asyncio.get_running_loop().run_in_executor(self._threads, scan)
        except TimeoutError:
            message = f"no scan was done within {self._patience:g} s"
            raise StoreUnavailable(message) from None
