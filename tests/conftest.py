"""What every test may ask for."""

import os
from collections.abc import Iterator

import pytest

from tests.postgres import OLDEST, PostgresServer, postgres_server


@pytest.fixture
def anyio_backend() -> str:
    """Run asynchronous tests on asyncio, as the service does."""
    return "asyncio"


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server of the newest version, for all tests that leave it running."""
    with postgres_server() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_url(request: pytest.FixtureRequest) -> str:
    """The address of a database to be emptied: ``TEST_POSTGRES_URL``'s, or one made here."""
    if given := os.environ.get("TEST_POSTGRES_URL"):
        return given
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.new_database("heroes")


@pytest.fixture(scope="session")
def oldest_postgres_url() -> Iterator[str]:
    """The same on the oldest version that there is here."""
    with postgres_server(OLDEST) as server:
        yield server.new_database("heroes")
