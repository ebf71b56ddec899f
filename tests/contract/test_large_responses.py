"""The contract of ``IdempotencyStore``: a stored response takes at most 64 KiB."""

import random
from dataclasses import replace

import pytest

from service_layer.stored_body import MAX_BODY_SIZE, MAX_STORED_SIZE, ResponseTooLarge
from service_layer.unit_of_work import UnitOfWorkFactory
from tests.contract.test_idempotency import KEY, RESPONSE, save_response, stored_response
from tests.contract.test_pruning import count
from tests.contract.test_unit_of_work import DRAFT, stored

RANDOM = random.Random(1).randbytes(MAX_STORED_SIZE)  # noqa: S311 - not secret


@pytest.mark.parametrize("size", [MAX_STORED_SIZE, MAX_STORED_SIZE + 1, 325_000, MAX_BODY_SIZE])
async def test_a_large_response_is_returned_unchanged(
    database: UnitOfWorkFactory, size: int
) -> None:
    response = replace(RESPONSE, body=b"Deadpond" * (size // 8) + b"x" * (size % 8))
    await save_response(database, response=response)

    assert response == await stored_response(database)


async def test_a_response_that_is_too_large_is_rolled_back_with_the_other_changes(
    database: UnitOfWorkFactory,
) -> None:
    async with database.writing() as uow:
        await uow.idempotency.claim(KEY)
        await uow.heroes.add(DRAFT)
        with pytest.raises(ResponseTooLarge):
            await uow.idempotency.save(KEY, replace(RESPONSE, body=2 * RANDOM))

    assert [] == await stored(database)
    assert 0 == await count(database)
    assert await stored_response(database) is None


async def test_a_response_may_take_the_place_of_an_expired_compressed_one(
    database: UnitOfWorkFactory,
) -> None:
    compressed = replace(RESPONSE, body=b"x" * MAX_BODY_SIZE)
    await save_response(database, response=compressed)
    async with database.writing() as uow:
        await uow.idempotency.save(KEY, RESPONSE)
        await uow.commit()

    assert RESPONSE == await stored_response(database)
