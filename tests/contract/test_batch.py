"""The contract of a batch, on every database."""

import asyncio

import pytest

from domain.errors import OperationFailed, StaleVersion
from domain.hero import Hero, HeroDraft, HeroNotFound, HeroQuery
from domain.preconditions import Precondition
from service_layer import heroes
from service_layer.batch import Batch, BatchResult, Delete, Update
from service_layer.unit_of_work import UnitOfWorkFactory

DEADPOND = {"name": "Deadpond", "secret_name": "Dive Wilson", "age": 28}
FIRST = Precondition(one_of={1})
ROUNDS = 10


async def apply(database: UnitOfWorkFactory, batch: Batch) -> BatchResult[Hero]:
    async with database.writing() as uow:
        result = await heroes.apply_batch(uow, batch)
        await uow.commit()
        return result


async def create_heroes(database: UnitOfWorkFactory, number: int) -> list[Hero]:
    """Create this many heroes in one batch."""
    return list((await apply(database, Batch(create=[DEADPOND] * number))).created)


async def stored(database: UnitOfWorkFactory) -> list[Hero]:
    async with database.reading() as uow:
        return list(await uow.heroes.page(HeroQuery(limit=1_000)))


async def test_a_batch_executes_a_hundred_operations(database: UnitOfWorkFactory) -> None:
    old = await create_heroes(database, 80)

    result = await apply(
        database,
        Batch(
            create=[DEADPOND] * 20,
            update=[Update(hero.id, {"age": 100 + hero.id}, FIRST) for hero in old[:40]],
            delete=[Delete(hero.id, FIRST) for hero in old[40:]],
        ),
    )

    assert [(hero.id, 100 + hero.id, 2) for hero in old[:40]] == [
        (hero.id, hero.age, hero.version) for hero in result.updated
    ]
    assert [hero.id for hero in old[40:]] == result.deleted
    assert [*result.updated, *result.created] == await stored(database)


async def test_a_batch_whose_57th_of_a_hundred_updates_fails_changes_nothing(
    database: UnitOfWorkFactory,
) -> None:
    existing = await create_heroes(database, 99)
    updates = [Update(hero.id, {"age": 1}, FIRST) for hero in existing]
    updates.insert(56, Update(existing[-1].id + 1, {"age": 1}))

    with pytest.raises(OperationFailed) as failed:
        await apply(database, Batch(update=updates))

    assert ("update", 56) == failed.value.loc
    assert isinstance(failed.value.cause, HeroNotFound)
    assert existing == await stored(database)


async def test_a_stale_version_among_the_deletions_rolls_the_whole_batch_back(
    database: UnitOfWorkFactory,
) -> None:
    first, second, third = await create_heroes(database, 3)
    (changed,) = (await apply(database, Batch(update=[Update(third.id, {"age": 29})]))).updated

    with pytest.raises(OperationFailed) as failed:
        await apply(
            database,
            Batch([DEADPOND], [Update(first.id, {"age": 1}, FIRST)], [Delete(third.id, FIRST)]),
        )

    assert ("delete", 0) == failed.value.loc
    assert isinstance(failed.value.cause, StaleVersion)
    assert 2 == failed.value.cause.current
    assert [first, second, changed] == await stored(database)


async def test_batches_on_the_same_heroes_in_opposite_orders_all_succeed(
    database: UnitOfWorkFactory,
) -> None:
    """Concurrent batches do not deadlock."""
    made = await create_heroes(database, 20)

    def set_age(order: list[Hero], age: int) -> Batch:
        return Batch(update=[Update(hero.id, {"age": age}) for hero in order])

    batches = [set_age(made if age % 2 else made[::-1], age) for age in range(100, 100 + ROUNDS)]
    results = await asyncio.gather(*(apply(database, batch) for batch in batches))

    heroes_after = await stored(database)
    assert {1 + ROUNDS} == {hero.version for hero in heroes_after}
    assert 1 == len({hero.age for hero in heroes_after})
    versions = sorted(result.updated[0].version for result in results)
    assert list(range(2, 2 + ROUNDS)) == versions


async def test_one_of_many_concurrent_batches_on_the_same_versions_succeeds(
    database: UnitOfWorkFactory,
) -> None:
    made = await create_heroes(database, 5)

    async def claim(age: int) -> BatchResult[Hero]:
        order = made if age % 2 else made[::-1]
        return await apply(
            database, Batch(update=[Update(hero.id, {"age": age}, FIRST) for hero in order])
        )

    results = await asyncio.gather(*(claim(age) for age in range(ROUNDS)), return_exceptions=True)

    (done,) = [result for result in results if isinstance(result, BatchResult)]
    failures = [result for result in results if isinstance(result, OperationFailed)]
    assert [("update", 0)] * (ROUNDS - 1) == [failure.loc for failure in failures]
    assert sorted(done.updated, key=lambda hero: hero.id) == await stored(database)


@pytest.mark.parametrize("commits", [True, False])
async def test_other_changes_are_committed_or_rolled_back_with_the_batch(
    database: UnitOfWorkFactory, *, commits: bool
) -> None:
    (first,) = await create_heroes(database, 1)

    async with database.writing() as uow:
        await heroes.apply_batch(uow, Batch(delete=[Delete(first.id)]))
        await uow.heroes.add(HeroDraft("Spider-Boy", "Pedro"))
        if commits:
            await uow.commit()

    names = ["Spider-Boy"] if commits else ["Deadpond"]
    assert names == [hero.name for hero in await stored(database)]
