"""The databases that must all satisfy the same contract."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from service_layer.unit_of_work import UnitOfWorkFactory
from tests.fakes.database import FakeDatabase
from tests.support.databases import empty_postgres, open_plain, open_sqlite

Fixtures = pytest.FixtureRequest


@asynccontextmanager
async def fake(_: Fixtures) -> AsyncIterator[UnitOfWorkFactory]:
    yield FakeDatabase()


@asynccontextmanager
async def sqlite(fixtures: Fixtures) -> AsyncIterator[UnitOfWorkFactory]:
    database = open_sqlite(fixtures.getfixturevalue("tmp_path") / "heroes.db")
    database.migrate()
    yield database
    database.dispose()


@asynccontextmanager
async def postgres(fixtures: Fixtures) -> AsyncIterator[UnitOfWorkFactory]:
    async with empty_postgres(fixtures.getfixturevalue("postgres_url")) as database:
        yield database


@asynccontextmanager
async def oldest_postgres(fixtures: Fixtures) -> AsyncIterator[UnitOfWorkFactory]:
    async with empty_postgres(fixtures.getfixturevalue("oldest_postgres_url")) as database:
        yield database


@asynccontextmanager
async def plain_memory(_: Fixtures) -> AsyncIterator[UnitOfWorkFactory]:
    async with open_plain("sqlite://") as database:
        yield database


@asynccontextmanager
async def plain_sqlite(fixtures: Fixtures) -> AsyncIterator[UnitOfWorkFactory]:
    path = fixtures.getfixturevalue("tmp_path") / "heroes.db"
    async with open_plain(f"sqlite:///{path}") as database:
        yield database


@asynccontextmanager
async def plain_postgres(fixtures: Fixtures) -> AsyncIterator[UnitOfWorkFactory]:
    url = fixtures.getfixturevalue("postgres_url")
    async with empty_postgres(url), open_plain(url) as database:
        yield database


Opening = Callable[[Fixtures], AbstractAsyncContextManager[UnitOfWorkFactory]]

QUICK: tuple[Opening, ...] = (fake, sqlite)
THOROUGH: tuple[Opening, ...] = (
    postgres,
    oldest_postgres,
    plain_memory,
    plain_sqlite,
    plain_postgres,
)
DATABASES = [
    *(pytest.param(opening, id=opening.__name__) for opening in QUICK),
    *(
        pytest.param(opening, id=opening.__name__, marks=pytest.mark.thorough)
        for opening in THOROUGH
    ),
]


@pytest.fixture(params=DATABASES)
async def database(request: Fixtures) -> AsyncIterator[UnitOfWorkFactory]:
    """An empty database, of each kind."""
    async with request.param(request) as database:
        yield database
