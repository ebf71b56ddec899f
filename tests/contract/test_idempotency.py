"""What is promised of answers kept by idempotency key, whichever database is behind them."""

import asyncio
from dataclasses import replace

import pytest
from anyio import wait_all_tasks_blocked
from hypothesis import given
from hypothesis import strategies as st

from domain.hero import HeroDraft
from service_layer.idempotency import IdempotencyKey, KeyReused, StoredResponse
from service_layer.unit_of_work import UnitOfWorkFactory
from tests.contract.test_hero_repository import same_database_for_all_examples
from tests.contract.test_unit_of_work import DRAFT, stored

KEY = IdempotencyKey(
    "8e03978e-40d5-43e8-bc93-6894a57f9324", b"\0" * 32, received_at=1_000, lifetime=1_000
)
OTHER_REQUEST = replace(KEY, fingerprint=b"\xff" * 32)
EXPIRES = 2_000
ANSWER = StoredResponse(200, (("content-type", "application/json"), ("etag", '"1"')), b'{"id":1}')

texts = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=255)
stored_answers = st.builds(
    StoredResponse, st.integers(100, 599), st.lists(st.tuples(texts, texts)).map(tuple), st.binary()
)


async def keep(
    database: UnitOfWorkFactory, key: IdempotencyKey = KEY, answer: StoredResponse = ANSWER
) -> None:
    async with database.writing() as uow:
        assert await uow.idempotency.claim(key) is None
        await uow.idempotency.save(key, answer)
        await uow.commit()


async def kept(database: UnitOfWorkFactory, key: IdempotencyKey = KEY) -> StoredResponse | None:
    """Return the answer, as a fresh unit of work sees it."""
    async with database.writing() as uow:
        return await uow.idempotency.claim(key)


async def prune(database: UnitOfWorkFactory, now: int) -> None:
    async with database.writing() as uow:
        await uow.idempotency.prune(now=now)
        await uow.commit()


@same_database_for_all_examples
@given(key=texts, answer=stored_answers)
async def test_every_answer_comes_back_as_it_was(
    database: UnitOfWorkFactory, key: str, answer: StoredResponse
) -> None:
    this = replace(KEY, value=key)
    async with database.writing() as uow:
        if await uow.idempotency.claim(this) is None:
            await uow.idempotency.save(this, answer)

        assert answer == await uow.idempotency.claim(this)


async def test_an_answer_is_kept_with_what_else_was_done(database: UnitOfWorkFactory) -> None:
    async with database.writing() as uow:
        await uow.idempotency.claim(KEY)
        hero = await uow.heroes.add(DRAFT)
        await uow.idempotency.save(KEY, ANSWER)
        await uow.commit()

    assert ANSWER == await kept(database)
    assert [hero] == await stored(database)


async def test_an_answer_is_rolled_back_with_what_else_was_done(
    database: UnitOfWorkFactory,
) -> None:
    async with database.writing() as uow:
        await uow.idempotency.claim(KEY)
        await uow.heroes.add(DRAFT)
        await uow.idempotency.save(KEY, ANSWER)

    assert await kept(database) is None
    assert [] == await stored(database)


async def test_a_claim_without_an_answer_counts_for_nothing(database: UnitOfWorkFactory) -> None:
    async with database.writing() as uow:
        await uow.idempotency.claim(KEY)
        await uow.commit()

    assert await kept(database, OTHER_REQUEST) is None


async def test_the_key_of_another_request_is_refused(database: UnitOfWorkFactory) -> None:
    await keep(database)

    with pytest.raises(KeyReused):
        await kept(database, OTHER_REQUEST)
    assert ANSWER == await kept(database)


@pytest.mark.parametrize("value", ["A", "a ", "aa", "%", "_"])
async def test_keys_are_alike_only_if_every_character_is(
    database: UnitOfWorkFactory, value: str
) -> None:
    await keep(database, replace(KEY, value="a"))

    assert await kept(database, replace(KEY, value=value)) is None


async def test_an_answer_lasts_until_it_expires(database: UnitOfWorkFactory) -> None:
    await keep(database)

    assert ANSWER == await kept(database, replace(KEY, received_at=EXPIRES - 1))
    assert await kept(database, replace(KEY, received_at=EXPIRES)) is None


async def test_an_expired_key_may_name_another_request(database: UnitOfWorkFactory) -> None:
    await keep(database)
    again = replace(OTHER_REQUEST, received_at=EXPIRES)

    async with database.writing() as uow:
        assert await uow.idempotency.claim(again) is None
        await uow.idempotency.save(again, replace(ANSWER, status=201))
        await uow.commit()

    assert replace(ANSWER, status=201) == await kept(database, again)


async def test_who_comes_second_waits_and_gets_the_first_ones_answer(
    database: UnitOfWorkFactory,
) -> None:
    async with database.writing() as first:
        assert await first.idempotency.claim(KEY) is None
        second = asyncio.create_task(kept(database))
        await wait_all_tasks_blocked()
        await first.idempotency.save(KEY, ANSWER)
        assert not second.done()
        await first.commit()

    assert ANSWER == await second


async def test_who_comes_second_has_the_key_when_the_first_one_gives_up(
    database: UnitOfWorkFactory,
) -> None:
    async with database.writing() as first:
        assert await first.idempotency.claim(KEY) is None
        second = asyncio.create_task(kept(database, OTHER_REQUEST))
        await wait_all_tasks_blocked()
        await first.idempotency.save(KEY, ANSWER)

    assert await second is None


async def test_of_many_with_one_key_at_once_one_does_the_work(database: UnitOfWorkFactory) -> None:
    async def work(number: int) -> StoredResponse:
        async with database.writing() as uow:
            answer = await uow.idempotency.claim(KEY)
            if answer is None:
                answer = StoredResponse(200, (), b"%d" % number)
                await uow.heroes.add(HeroDraft(f"Hero {number}", "x"))
                await uow.idempotency.save(KEY, answer)
                await uow.commit()
            return answer

    answers = await asyncio.gather(*map(work, range(20)))

    (hero,) = await stored(database)
    assert [hero.name] * 20 == [f"Hero {answer.body.decode()}" for answer in answers]


async def test_what_has_expired_is_forgotten_a_few_at_a_time_and_nothing_else(
    database: UnitOfWorkFactory,
) -> None:
    keys = [replace(KEY, value=str(number)) for number in range(200)]
    await asyncio.gather(*(keep(database, key) for key in keys))

    await prune(database, EXPIRES - 1)
    assert [ANSWER] * 200 == [await kept(database, key) for key in keys]

    for _ in range(4):
        await asyncio.gather(prune(database, EXPIRES), prune(database, EXPIRES))
    assert [None] * 200 == [await kept(database, key) for key in keys]
