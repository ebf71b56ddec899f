"""Idempotency keys on PostgreSQL: who waits for whom, and for how long."""

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
ANSWER = StoredResponse(200, (), b"")
EXPIRES = 2_000
KEYS = "SELECT count(*) FROM idempotent_answer"


@pytest.fixture
async def database(postgres_url: str) -> AsyncIterator[PostgresDatabase]:
    """An empty database where nobody waits for a lock for longer than 0.2 s."""
    async with empty_postgres(postgres_url, ServerOptions(lock_timeout=0.2)) as database:
        yield database


async def test_a_key_that_is_under_way_for_too_long_is_told_to_be(
    database: PostgresDatabase,
) -> None:
    async with database.writing() as first, database.writing() as second:
        await first.idempotency.claim(KEY)
        with pytest.raises(KeyInProgress):
            await second.idempotency.claim(KEY)
        await first.idempotency.save(KEY, ANSWER)
        await first.commit()

    async with database.writing() as third:
        assert ANSWER == await third.idempotency.claim(KEY)


async def test_an_expired_key_that_is_under_way_again_is_told_to_be(
    database: PostgresDatabase,
) -> None:
    await keep(database, [KEY])
    again = replace(KEY, received_at=EXPIRES)

    async with database.writing() as first, database.writing() as second:
        await first.idempotency.claim(again)
        with pytest.raises(KeyInProgress):
            await second.idempotency.claim(again)


async def test_a_lock_that_has_nothing_to_do_with_the_key_is_not_taken_for_it(
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


async def test_other_keys_do_not_wait(database: PostgresDatabase) -> None:
    async with database.writing() as first:
        await first.idempotency.claim(KEY)
        await keep(database, [replace(KEY, value="another")])


async def test_of_prunings_at_once_none_waits_for_another(
    database: PostgresDatabase, postgres_url: str
) -> None:
    await keep(database, [replace(KEY, value=str(number)) for number in range(3 * PRUNE_LIMIT)])

    async with database.writing() as first:
        await first.idempotency.prune(now=EXPIRES)
        async with database.writing() as second:
            await second.idempotency.prune(now=EXPIRES)
            await second.commit()
        assert [(2 * PRUNE_LIMIT,)] == ask(postgres_url, KEYS)
        await first.commit()

    assert [(PRUNE_LIMIT,)] == ask(postgres_url, KEYS)


async def test_a_key_claimed_again_is_not_pruned(database: PostgresDatabase) -> None:
    await keep(database, [KEY])
    again = replace(KEY, received_at=EXPIRES)

    async with database.writing() as claiming:
        assert await claiming.idempotency.claim(again) is None
        async with database.writing() as pruning:
            await pruning.idempotency.prune(now=EXPIRES)
            await pruning.commit()
        await claiming.idempotency.save(again, ANSWER)
        await claiming.commit()

    async with database.writing() as uow:
        assert ANSWER == await uow.idempotency.claim(again)


async def keep(database: PostgresDatabase, keys: Sequence[IdempotencyKey]) -> None:
    async with database.writing() as uow:
        for key in keys:
            assert await uow.idempotency.claim(key) is None
            await uow.idempotency.save(key, ANSWER)
        await uow.commit()
