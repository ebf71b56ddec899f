"""A durable PostgreSQL server for each module of fault tests."""

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
    """A server for this module, which tests may stop, kill and restart."""
    with postgres_server(fsync="on", synchronous_commit="on") as server:
        yield server


@pytest.fixture
def url(server: PostgresServer) -> str:
    """The URL of an empty database for one test."""
    return server.new_database(f"heroes_{uuid4().hex}")


@pytest.fixture
def serving(tmp_path: Path) -> Serving:
    """Serve a database with some settings, together with a client.

    The service starts and stops in a thread: a proxy may need the event loop.
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
