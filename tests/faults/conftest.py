"""A PostgreSQL server for each module of faults, which loses nothing in a crash."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest

from tests.faults.load import LIMIT
from tests.support.postgres import PostgresServer, postgres_server
from tests.support.served import Served, serve

Serving = Callable[..., AbstractAsyncContextManager[tuple[Served, httpx2.AsyncClient]]]


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    """A server of this module alone, to be stopped, killed and started again."""
    with postgres_server(fsync="on", synchronous_commit="on") as server:
        yield server


@pytest.fixture
def url(server: PostgresServer) -> str:
    """The address of an empty database for one test."""
    return server.new_database(f"heroes_{uuid4().hex}")


@pytest.fixture
def serving(tmp_path: Path) -> Serving:
    """Serve a database with some settings, together with a client.

    Starting and stopping run in a thread: what stands in for a server may need the event loop.
    """

    @asynccontextmanager
    async def run(url: str, **settings: str) -> AsyncIterator[tuple[Served, httpx2.AsyncClient]]:
        options = {"database_url": url, "access_log": "false", **settings}
        context = serve(tmp_path / "heroes.db", **options)
        served = await asyncio.to_thread(context.__enter__)
        try:
            async with httpx2.AsyncClient(
                base_url=served.url, timeout=LIMIT, verify=False
            ) as client:
                yield served, client
        finally:
            await asyncio.to_thread(context.__exit__, None, None, None)
        assert "Traceback" not in served.output()

    return run
