"""Idempotency keys on PostgreSQL: lock waits and timeouts."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

import pytest

from adapters.postgres.connections import ServerOptions
from adapters.postgres.database import PostgresDatabase
from service_layer.errors import StoreUnavailable
from service_layer.idempotency import IdempotencyKey, KeyInProgress, StoredResponse
from service_layer.retention import END_OF_TIME, Retention
from tests.faults.observer import observing
from tests.support.databases import empty_postgres
from tests.support.served import ask

KEY = IdempotencyKey("8e03978e-40d5-43e8-bc93-6894a57f9324", b"\0" * 32, Retention(1_000))
EXPIRED = Retention(-1)
"""What is stored with it is expired at once."""

RESPONSE = StoredResponse(200, (), b"")
STEP = 20
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
    await save_responses(database, [replace(KEY, retention=EXPIRED)])

    async with database.writing() as first, database.writing() as second:
        await first.idempotency.claim(KEY)
        with pytest.raises(KeyInProgress):
            await second.idempotency.claim(KEY)


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
    expired = replace(KEY, retention=EXPIRED)
    await save_responses(
        database, [replace(expired, value=str(number)) for number in range(3 * STEP)]
    )

    async with database.writing() as first:
        await first.idempotency.prune(END_OF_TIME, STEP)
        async with database.writing() as second:
            await second.idempotency.prune(END_OF_TIME, STEP)
            await second.commit()
        assert [(2 * STEP,)] == ask(postgres_url, KEYS)
        await first.commit()

    assert [(STEP,)] == ask(postgres_url, KEYS)


async def test_a_key_claimed_again_is_not_pruned(database: PostgresDatabase) -> None:
    await save_responses(database, [replace(KEY, retention=EXPIRED)])

    async with database.writing() as claiming:
        assert await claiming.idempotency.claim(KEY) is None
        async with database.writing() as pruning:
            assert (0, 0) == await pruning.idempotency.prune(END_OF_TIME, STEP)
            await pruning.commit()
        await claiming.idempotency.save(KEY, RESPONSE)
        await claiming.commit()

    async with database.writing() as uow:
        assert RESPONSE == await uow.idempotency.claim(KEY)


async def save_responses(database: PostgresDatabase, keys: Sequence[IdempotencyKey]) -> None:
    async with database.writing() as uow:
        for key in keys:
            assert await uow.idempotency.claim(key) is None
            await uow.idempotency.save(key, RESPONSE)
        await uow.commit()
