"""Idempotency keys on PostgreSQL: lock waits and timeouts."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

import pytest

from adapters.postgres.connections import ServerOptions
from adapters.postgres.database import PostgresDatabase
from adapters.sql.idempotency import PRUNE_LIMIT
from service_layer.errors import StoreUnavailable
from service_layer.idempotency import IdempotencyKey, KeyInProgress, StoredResponse
from tests.faults.observer import observing
from tests.support.databases import empty_postgres
from tests.support.served import ask

KEY = IdempotencyKey(
    "8e03978e-40d5-43e8-bc93-6894a57f9324", b"\0" * 32, received_at=1_000, lifetime=1_000
)
RESPONSE = StoredResponse(200, (), b"")
EXPIRES = 2_000
KEYS = "SELECT count(*) FROM idempotent_answer"


@pytest.fixture
async def database(postgres_url: str) -> AsyncIterator[PostgresDatabase]:
    """An empty database with a lock timeout of 0.2 s."""
    async with empty_postgres(postgres_url, ServerOptions(lock_timeout=0.2)) as database:
        yield database


async def test_a_key_in_progress_for_too_long_raises_key_in_progress(
    database: PostgresDatabase,
) -> None:
    async with database.writing() as first, database.writing() as second:
        await first.idempotency.claim(KEY)
        with pytest.raises(KeyInProgress):
            await second.idempotency.claim(KEY)
        await first.idempotency.save(KEY, RESPONSE)
        await first.commit()

    async with database.writing() as third:
        assert RESPONSE == await third.idempotency.claim(KEY)


async def test_an_expired_key_in_progress_again_raises_key_in_progress(
    database: PostgresDatabase,
) -> None:
    await save_responses(database, [KEY])
    again = replace(KEY, received_at=EXPIRES)

    async with database.writing() as first, database.writing() as second:
        await first.idempotency.claim(again)
        with pytest.raises(KeyInProgress):
            await second.idempotency.claim(again)


async def test_a_lock_on_the_table_raises_store_unavailable(
    database: PostgresDatabase, postgres_url: str
) -> None:
    async with (
        observing(postgres_url) as observer,
        observer.holding("LOCK TABLE idempotent_answer"),
        database.writing() as uow,
    ):
        with pytest.raises(StoreUnavailable) as refused:
            await uow.idempotency.claim(KEY)

    assert StoreUnavailable is refused.type


async def test_claims_of_other_keys_do_not_wait(database: PostgresDatabase) -> None:
    async with database.writing() as first:
        await first.idempotency.claim(KEY)
        await save_responses(database, [replace(KEY, value="another")])


async def test_concurrent_prunings_do_not_wait_for_each_other(
    database: PostgresDatabase, postgres_url: str
) -> None:
    await save_responses(
        database, [replace(KEY, value=str(number)) for number in range(3 * PRUNE_LIMIT)]
    )

    async with database.writing() as first:
        await first.idempotency.prune(now=EXPIRES)
        async with database.writing() as second:
            await second.idempotency.prune(now=EXPIRES)
            await second.commit()
        assert [(2 * PRUNE_LIMIT,)] == ask(postgres_url, KEYS)
        await first.commit()

    assert [(PRUNE_LIMIT,)] == ask(postgres_url, KEYS)


async def test_a_key_claimed_again_is_not_pruned(database: PostgresDatabase) -> None:
    await save_responses(database, [KEY])
    again = replace(KEY, received_at=EXPIRES)

    async with database.writing() as claiming:
        assert await claiming.idempotency.claim(again) is None
        async with database.writing() as pruning:
            await pruning.idempotency.prune(now=EXPIRES)
            await pruning.commit()
        await claiming.idempotency.save(again, RESPONSE)
        await claiming.commit()

    async with database.writing() as uow:
        assert RESPONSE == await uow.idempotency.claim(again)


async def save_responses(database: PostgresDatabase, keys: Sequence[IdempotencyKey]) -> None:
    async with database.writing() as uow:
        for key in keys:
            assert await uow.idempotency.claim(key) is None
            await uow.idempotency.save(key, RESPONSE)
        await uow.commit()
