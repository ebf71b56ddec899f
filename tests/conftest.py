"""Fixtures for all tests."""

import os
from collections.abc import Iterator

import pytest

from entrypoints.telemetry.tracing.installation import has_exporter
from tests.support import route_handlers
from tests.support.postgres import OLDEST, PostgresServer, postgres_server
from tests.support.served import fresh_postgres

TRACED = [
    "deployment/test_collector.py",
    "integration/test_unit_of_work_spans.py",
    "unit/composition/test_tracing.py",
    "unit/telemetry/tracing",
]
"""The tests that need the extra ``otel``."""

COMPILED = ["e2e/test_compiled_routes.py", "unit/http/compiled"]
"""The tests that compare compiled routes with FastAPI's handlers."""

collect_ignore = [] if has_exporter() else TRACED

if not route_handlers.ARE_COMPILED:
    collect_ignore += COMPILED
    route_handlers.switch_off_compiled_routes()


@pytest.fixture
def anyio_backend() -> str:
    """Run asynchronous tests on asyncio, as the service does."""
    return "asyncio"


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server of the newest version, for tests that do not stop it."""
    with postgres_server() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a new database: on the server of ``TEST_POSTGRES_URL``, or on our own."""
    given = os.environ.get("TEST_POSTGRES_URL")
    server = given or request.getfixturevalue("postgres").url()
    with fresh_postgres(server) as url:
        yield url


@pytest.fixture(scope="session")
def oldest_postgres_url() -> Iterator[str]:
    """The URL of a new database on the oldest version."""
    with postgres_server(OLDEST) as server:
        yield server.new_database("heroes")
