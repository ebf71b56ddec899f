"""Responses that were stored before migration 0005 are replayed after it."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.database import open_database
from service_layer.idempotency import IdempotencyKey, StoredResponse
from service_layer.retention import Retention
from tests.release_0_1 import databases as release_0_1
from tests.support.served import fresh_postgres
from tests.support.sql import execute

KEY = IdempotencyKey("8e03978e", b"\0" * 32, Retention())
BODY = "x" * 325_000
INSERT = "INSERT INTO idempotent_answer (key, status, headers, expires, fingerprint, body) VALUES"
INSERTIONS = {
    "sqlite": INSERT + f"('8e03978e', 200, '[]', {2**40}, zeroblob(32), CAST('{BODY}' AS BLOB))",
    "postgres": INSERT
    + f"('8e03978e', 200, '[]', {2**40}, decode('{'00' * 32}', 'hex'), '{BODY}')",
}


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def url(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database."""
    if engine == "sqlite":
        path = tmp_path / "heroes.db"
        path.touch()
        yield f"sqlite:///{path}"
        return
    with fresh_postgres(request.getfixturevalue("postgres_url")) as url:
        yield url


async def test_a_response_stored_before_the_migration_is_replayed(url: str, engine: str) -> None:
    await asyncio.to_thread(release_0_1.migrate, url)
    execute(url, INSERTIONS[engine])

    database = open_database(url)
    assert "0005" in await asyncio.to_thread(database.migrate)

    async with database.writing() as uow:
        assert StoredResponse(200, (), BODY.encode()) == await uow.idempotency.claim(KEY)
    await database.aclose()
