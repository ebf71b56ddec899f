"""The contract of ``IdempotencyStore``, on every database."""

import asyncio
from dataclasses import replace

import pytest
from anyio import wait_all_tasks_blocked
from hypothesis import given
from hypothesis import strategies as st

from domain.hero import HeroDraft
from service_layer.idempotency import IdempotencyKey, KeyReused, StoredResponse
from service_layer.retention import Retention
from service_layer.unit_of_work import UnitOfWorkFactory
from tests.contract.test_hero_repository import same_database_for_all_examples
from tests.contract.test_unit_of_work import DRAFT, stored

KEY = IdempotencyKey("8e03978e-40d5-43e8-bc93-6894a57f9324", b"\0" * 32, Retention(1_000))
OTHER_REQUEST = replace(KEY, fingerprint=b"\xff" * 32)
EXPIRED = Retention(-1)
"""What is stored with it is expired at once."""

RESPONSE = StoredResponse(200, (("content-type", "application/json"), ("etag", '"1"')), b'{"id":1}')

texts = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=255)
names = st.from_regex(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,255}", fullmatch=True)
stored_responses = st.builds(
    StoredResponse,
    st.integers(200, 599),
    st.lists(st.tuples(names, texts)).map(tuple),
    st.binary(),
)


async def save_response(
    database: UnitOfWorkFactory, key: IdempotencyKey = KEY, response: StoredResponse = RESPONSE
) -> None:
    async with database.writing() as uow:
        assert await uow.idempotency.claim(key) is None
        await uow.idempotency.save(key, response)
        await uow.commit()


async def stored_response(
    database: UnitOfWorkFactory, key: IdempotencyKey = KEY
) -> StoredResponse | None:
    """Return the stored response, as a fresh unit of work sees it."""
    async with database.writing() as uow:
        return await uow.idempotency.claim(key)


@same_database_for_all_examples
@given(key=texts, response=stored_responses)
async def test_every_response_is_stored_unchanged(
    database: UnitOfWorkFactory, key: str, response: StoredResponse
) -> None:
    this = replace(KEY, value=key)
    async with database.writing() as uow:
        if await uow.idempotency.claim(this) is None:
            await uow.idempotency.save(this, response)

        assert response == await uow.idempotency.claim(this)


async def test_a_response_is_committed_with_the_other_changes(database: UnitOfWorkFactory) -> None:
    async with database.writing() as uow:
        await uow.idempotency.claim(KEY)
        hero = await uow.heroes.add(DRAFT)
        await uow.idempotency.save(KEY, RESPONSE)
        await uow.commit()

    assert RESPONSE == await stored_response(database)
    assert [hero] == await stored(database)


async def test_a_response_is_rolled_back_with_the_other_changes(
    database: UnitOfWorkFactory,
) -> None:
    async with database.writing() as uow:
        await uow.idempotency.claim(KEY)
        await uow.heroes.add(DRAFT)
        await uow.idempotency.save(KEY, RESPONSE)

    assert await stored_response(database) is None
    assert [] == await stored(database)


async def test_a_claim_without_a_response_is_not_stored(database: UnitOfWorkFactory) -> None:
    async with database.writing() as uow:
        await uow.idempotency.claim(KEY)
        await uow.commit()

    assert await stored_response(database, OTHER_REQUEST) is None


async def test_a_key_reused_for_another_request_raises_key_reused(
    database: UnitOfWorkFactory,
) -> None:
    await save_response(database)

    with pytest.raises(KeyReused):
        await stored_response(database, OTHER_REQUEST)
    assert RESPONSE == await stored_response(database)


@pytest.mark.parametrize("value", ["A", "a ", "aa", "%", "_"])
async def test_keys_are_compared_exactly(database: UnitOfWorkFactory, value: str) -> None:
    await save_response(database, replace(KEY, value="a"))

    assert await stored_response(database, replace(KEY, value=value)) is None


async def test_each_key_has_its_own_response(database: UnitOfWorkFactory) -> None:
    other_key, other_response = replace(KEY, value="another"), replace(RESPONSE, status=201)
    await save_response(database)
    await save_response(database, other_key, other_response)

    assert RESPONSE == await stored_response(database)
    assert other_response == await stored_response(database, other_key)


async def test_a_response_is_stored_until_it_expires(database: UnitOfWorkFactory) -> None:
    await save_response(database)
    assert RESPONSE == await stored_response(database)

    expired = replace(KEY, value="expired", retention=Retention(0))
    await save_response(database, expired)
    assert await stored_response(database, expired) is None


async def test_an_expired_key_can_be_used_for_another_request(database: UnitOfWorkFactory) -> None:
    await save_response(database, replace(KEY, retention=EXPIRED))
    await save_response(database, OTHER_REQUEST, replace(RESPONSE, status=201))

    assert replace(RESPONSE, status=201) == await stored_response(database, OTHER_REQUEST)


async def test_a_second_request_waits_for_the_first_and_gets_its_response(
    database: UnitOfWorkFactory,
) -> None:
    async with database.writing() as first:
        assert await first.idempotency.claim(KEY) is None
        second = asyncio.create_task(stored_response(database))
        await wait_all_tasks_blocked()
        await first.idempotency.save(KEY, RESPONSE)
        assert not second.done()
        await first.commit()

    assert RESPONSE == await second


async def test_a_second_request_claims_the_key_when_the_first_rolls_back(
    database: UnitOfWorkFactory,
) -> None:
    async with database.writing() as first:
        assert await first.idempotency.claim(KEY) is None
        second = asyncio.create_task(stored_response(database, OTHER_REQUEST))
        await wait_all_tasks_blocked()
        await first.idempotency.save(KEY, RESPONSE)

    assert await second is None


async def test_one_of_many_concurrent_requests_with_a_key_is_executed(
    database: UnitOfWorkFactory,
) -> None:
    async def work(number: int) -> StoredResponse:
        async with database.writing() as uow:
            response = await uow.idempotency.claim(KEY)
            if response is None:
                response = StoredResponse(200, (), b"%d" % number)
                await uow.heroes.add(HeroDraft(f"Hero {number}", "x"))
                await uow.idempotency.save(KEY, response)
                await uow.commit()
            return response

    responses = await asyncio.gather(*map(work, range(20)))

    (hero,) = await stored(database)
    assert [hero.name] * 20 == [f"Hero {response.body.decode()}" for response in responses]
