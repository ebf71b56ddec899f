"""The contract of ``IdempotencyStore``: the number of responses to one client may be limited."""

import asyncio
from dataclasses import replace

import pytest

from service_layer.idempotency import ClientKeyLimitReached, IdempotencyKey, KeyReused
from service_layer.retention import Retention
from service_layer.unit_of_work import UnitOfWorkFactory
from tests.contract.test_idempotency import EXPIRED, KEY, RESPONSE, save_response, stored_response

LIMITED = Retention(1_000, limit_per_client=3)
EXPIRED_OF_CLIENT = Retention(-1, limit_per_client=10)
"""What is stored with it is expired at once."""

CLIENT = "192.0.2.1"


def key(value: object, owner: str = CLIENT, retention: Retention = LIMITED) -> IdempotencyKey:
    return replace(KEY, value=str(value), owner=owner, retention=retention)


@pytest.fixture
async def used_up(database: UnitOfWorkFactory) -> UnitOfWorkFactory:
    """A database in which the client has as many responses as it may have."""
    for number in range(3):
        await save_response(database, key(number))
    return database


async def test_a_client_at_its_limit_can_not_claim_a_new_key(used_up: UnitOfWorkFactory) -> None:
    with pytest.raises(ClientKeyLimitReached) as refused:
        await stored_response(used_up, key("new"))

    assert 990 <= refused.value.seconds <= 1_000


async def test_a_client_at_its_limit_gets_its_stored_responses(used_up: UnitOfWorkFactory) -> None:
    assert RESPONSE == await stored_response(used_up, key(0))
    with pytest.raises(KeyReused):
        await stored_response(used_up, replace(key(0), fingerprint=b"another request"))


async def test_other_clients_are_not_limited_by_it(used_up: UnitOfWorkFactory) -> None:
    await save_response(used_up, key("theirs", owner="192.0.2.2"))
    await save_response(used_up, key("nameless", owner=""))
    await save_response(used_up, replace(KEY, owner=None))


async def test_expired_responses_do_not_count(used_up: UnitOfWorkFactory) -> None:
    await save_response(used_up, key("another", "192.0.2.2", EXPIRED_OF_CLIENT))
    for number in range(3):
        await save_response(used_up, key(f"old {number}", "192.0.2.2", EXPIRED_OF_CLIENT))

    await save_response(used_up, key("new", "192.0.2.2"))


async def test_a_client_at_its_limit_can_not_claim_an_expired_key(
    used_up: UnitOfWorkFactory,
) -> None:
    await save_response(used_up, replace(KEY, value="expired", retention=EXPIRED))

    with pytest.raises(ClientKeyLimitReached):
        await stored_response(used_up, key("expired"))


async def test_responses_that_are_rolled_back_do_not_count(database: UnitOfWorkFactory) -> None:
    for number in range(5):
        async with database.writing() as uow:
            await uow.idempotency.claim(key(number))
            await uow.idempotency.save(key(number), RESPONSE)

    assert await stored_response(database, key("new")) is None


async def test_an_expired_key_of_another_client_counts_for_the_one_that_claims_it(
    database: UnitOfWorkFactory,
) -> None:
    for number in range(3):
        await save_response(database, key(number, "192.0.2.2", EXPIRED_OF_CLIENT))
        await save_response(database, key(number))

    with pytest.raises(ClientKeyLimitReached):
        await stored_response(database, key("new"))
    await save_response(database, key("theirs", owner="192.0.2.2"))


async def test_a_second_request_with_a_key_waits_below_the_limit(
    database: UnitOfWorkFactory,
) -> None:
    async def work() -> bool:
        async with database.writing() as uow:
            if await uow.idempotency.claim(key("same")):
                return True
            await uow.idempotency.save(key("same"), RESPONSE)
            await uow.commit()
            return False

    replayed = await asyncio.gather(*(work() for _ in range(10)))

    assert 9 == sum(replayed)
