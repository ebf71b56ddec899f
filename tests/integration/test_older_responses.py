"""Responses that were stored before migration 0005 are replayed after it."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.database import open_database
from service_layer.idempotency import IdempotencyKey, StoredResponse
from service_layer.retention import Retention
from tests.support.served import fresh_postgres
from tests.support.sql import execute

KEY = IdempotencyKey("8e03978e", b"\0" * 32, Retention())
BODY = "x" * 325_000
BEFORE = (
    "DROP INDEX ix_idempotent_answer_owner_expires",
    "ALTER TABLE idempotent_answer DROP COLUMN owner",
    "ALTER TABLE idempotent_answer DROP COLUMN body_size",
    "DROP TABLE heroes_schema_version",
    "DROP TABLE heroes_api_key",
    "DROP TABLE heroes_api_key_changes",
)
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
        yield f"sqlite:///{tmp_path}/heroes.db"
        return
    with fresh_postgres(request.getfixturevalue("postgres_url")) as url:
        yield url


async def test_a_response_stored_before_the_migration_is_replayed(url: str, engine: str) -> None:
    database = open_database(url)
    await asyncio.to_thread(database.migrate)
    execute(url, *BEFORE, INSERTIONS[engine])

    assert ["0004", "0005", "0006", "0007"] == await asyncio.to_thread(database.migrate)

    async with database.writing() as uow:
        assert StoredResponse(200, (), BODY.encode()) == await uow.idempotency.claim(KEY)
    await database.aclose()
