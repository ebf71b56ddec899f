"""Databases as release 0.1 leaves them."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection

from adapters.postgres.connections import ServerOptions
from adapters.postgres.schema import migrating_engine as postgres_engine
from adapters.sqlite.schema import migrating_engine as sqlite_engine
from tests.release_0_1 import runner

T = TypeVar("T")


def migrate(url: str) -> Sequence[str]:
    """Apply the pending revisions of release 0.1, and return them. A file must exist."""
    return run(url, runner.apply)


def run(url: str, work: Callable[[Connection], T]) -> T:
    """Return what ``work`` returns, in a transaction of its own. Blocks."""
    if url.startswith("sqlite"):
        with sqlite_engine(Path(url.removeprefix("sqlite:///"))).begin() as connection:
            return work(connection)
    return asyncio.run(_run_on_server(url, work))


async def _run_on_server(url: str, work: Callable[[Connection], T]) -> T:
    async with postgres_engine(url, ServerOptions()).begin() as connection:
        return await connection.run_sync(work)
