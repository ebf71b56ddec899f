"""The contract of ``IdempotencyStore``: expired responses are deleted in small numbers."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace

from service_layer.idempotency import PRUNE_SIZE, IdempotencyKey, Pruned
from service_layer.retention import END_OF_TIME, Retention
from service_layer.unit_of_work import UnitOfWorkFactory
from tests.contract.test_idempotency import EXPIRED, KEY, RESPONSE, save_response, stored_response
from tests.fakes.clock import Clock

NOTHING_EXPIRES = 0
BODY = b"x" * 40_000


def keys(number: int, retention: Retention = EXPIRED) -> list[IdempotencyKey]:
    return [replace(KEY, value=str(each), retention=retention) for each in range(number)]


async def save(
    database: UnitOfWorkFactory, keys: Sequence[IdempotencyKey], body: bytes = RESPONSE.body
) -> None:
    async with database.writing() as uow:
        for key in keys:
            await uow.idempotency.claim(key)
            await uow.idempotency.save(key, replace(RESPONSE, body=body))
        await uow.commit()


async def prune(
    database: UnitOfWorkFactory, at_most: int = 100, latest: int = END_OF_TIME
) -> Pruned:
    async with database.writing() as uow:
        pruned = await uow.idempotency.prune(latest, at_most)
        await uow.commit()
        return pruned


async def count(database: UnitOfWorkFactory, at_most: int = 1_000) -> int:
    async with database.reading() as uow:
        return await uow.idempotency.count(at_most)


async def test_the_time_is_that_of_today(database: UnitOfWorkFactory) -> None:
    async with database.writing() as uow:
        assert abs(await uow.idempotency.time() - time.time()) < 10


async def test_only_expired_responses_are_deleted(database: UnitOfWorkFactory) -> None:
    await save(database, keys(20))
    await save_response(database)

    assert Pruned(20, 20 * len(RESPONSE.body)) == await prune(database)
    assert Pruned(0, 0) == await prune(database)
    assert 1 == await count(database)
    assert RESPONSE == await stored_response(database)


async def test_the_oldest_responses_are_deleted_first(database: UnitOfWorkFactory) -> None:
    for age in (2, 4, 1, 3):
        key = replace(KEY, value=str(age), retention=Retention(-100 * age))
        await save_response(database, key, replace(RESPONSE, body=b"x" * age))

    assert [4, 3, 2, 1] == [(await prune(database, 1)).size for _ in range(4)]


async def test_several_steps_at_once_delete_each_response_once(database: UnitOfWorkFactory) -> None:
    await save(database, keys(100))
    deleted = 0
    for _ in range(4):
        pruned = await asyncio.gather(*(prune(database, 8) for _ in range(4)))
        deleted += sum(number for number, _ in pruned)

    assert 100 == deleted
    assert 0 == await count(database)


async def test_a_step_ends_with_the_response_that_reaches_its_size(
    database: UnitOfWorkFactory,
) -> None:
    await save(database, keys(10), BODY)
    fewest = -(-PRUNE_SIZE // len(BODY))

    assert Pruned(fewest, fewest * len(BODY)) == await prune(database)
    assert 10 - fewest == await count(database)


async def test_a_claim_without_a_response_is_pruned(database: UnitOfWorkFactory) -> None:
    async with database.writing() as uow:
        await uow.idempotency.claim(KEY)
        await uow.commit()

    await prune(database, latest=NOTHING_EXPIRES)
    assert 0 == await count(database)


async def test_while_nothing_may_expire_nothing_is_pruned(database: UnitOfWorkFactory) -> None:
    await save(database, keys(3))

    assert Pruned(0, 0) == await prune(database, latest=NOTHING_EXPIRES)
    assert 3 == await count(database)


async def test_while_nothing_may_expire_an_expired_response_is_replayed(
    database: UnitOfWorkFactory,
) -> None:
    await save_response(database, replace(KEY, retention=EXPIRED))
    untrusted = Retention(1_000, monotonic=Clock())
    for jump in (0, 1_000):
        untrusted.clock.compare(int(time.time()) + jump, asked_at=0)

    assert RESPONSE == await stored_response(database, replace(KEY, retention=untrusted))


async def test_a_response_expires_at_most_a_minute_before_the_estimated_time(
    database: UnitOfWorkFactory,
) -> None:
    await save_response(database, replace(KEY, retention=Retention(-600)))
    retentions = {slow: Retention(1_000, monotonic=Clock()) for slow in (500, 700)}
    for slow, retention in retentions.items():
        retention.clock.compare(int(time.time()) - slow, asked_at=0)

    late, early = (replace(KEY, retention=retentions[slow]) for slow in (700, 500))
    assert RESPONSE == await stored_response(database, late)
    assert await stored_response(database, early) is None


async def test_responses_are_counted_up_to_a_number(database: UnitOfWorkFactory) -> None:
    await save(database, keys(7))
    await save_response(database)

    assert 8 == await count(database)
    assert 5 == await count(database, 5)
    async with database.reading() as uow:
        assert 8 == await uow.idempotency.count(8)


async def test_the_seconds_to_the_next_expiry_are_those_of_the_oldest_response(
    database: UnitOfWorkFactory,
) -> None:
    async with database.writing() as uow:
        assert 1 == await uow.idempotency.seconds_to_expiry()
    for lifetime in (-1, 900, 500, 700):
        key = replace(KEY, value=str(lifetime), retention=Retention(lifetime))
        await save_response(database, key)

    async with database.writing() as uow:
        assert 490 <= await uow.idempotency.seconds_to_expiry() <= 500
