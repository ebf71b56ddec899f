"""The contract of ``UnitOfWork``, on every database."""

import asyncio

import pytest

from domain.hero import Hero, HeroChanges, HeroDraft, HeroNotFound, HeroQuery
from service_layer.unit_of_work import UnitOfWorkFactory
from tests.support.promises import not_promised

DRAFT = HeroDraft("Deadpond", "Dive Wilson", 28)


async def stored(database: UnitOfWorkFactory) -> list[Hero]:
    """Return all heroes as a fresh unit of work sees them."""
    async with database.reading() as uow:
        return list(await uow.heroes.page(HeroQuery(limit=1000)))


async def add(database: UnitOfWorkFactory, draft: HeroDraft = DRAFT) -> Hero:
    async with database.writing() as uow:
        hero = await uow.heroes.add(draft)
        await uow.commit()
    return hero


async def test_committed_changes_are_stored(database: UnitOfWorkFactory) -> None:
    hero = await add(database)

    assert [hero] == await stored(database)


async def test_uncommitted_changes_are_rolled_back(database: UnitOfWorkFactory) -> None:
    async with database.writing() as uow:
        await uow.heroes.add(DRAFT)

    assert [] == await stored(database)


async def test_an_error_rolls_back(database: UnitOfWorkFactory) -> None:
    existing = await add(database)

    async def fail_halfway() -> None:
        async with database.writing() as uow:
            await uow.heroes.remove(existing.id)
            await uow.heroes.add(DRAFT)
            raise RuntimeError("halfway")

    with pytest.raises(RuntimeError, match="halfway"):
        await fail_halfway()

    assert [existing] == await stored(database)


async def test_cancellation_rolls_back(database: UnitOfWorkFactory) -> None:
    added = asyncio.Event()

    async def add_and_wait() -> None:
        async with database.writing() as uow:
            await uow.heroes.add(DRAFT)
            added.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(add_and_wait())
    await added.wait()
    task.cancel()
    await asyncio.wait([task])

    assert [] == await stored(database)
    assert [await add(database)] == await stored(database)


async def test_all_changes_are_committed_together(database: UnitOfWorkFactory) -> None:
    first = await add(database)

    async with database.writing() as uow:
        second = await uow.heroes.add(DRAFT)
        await uow.heroes.remove(first.id)
        await uow.commit()

    assert [second] == await stored(database)


async def test_a_unit_of_work_can_be_used_after_a_commit(database: UnitOfWorkFactory) -> None:
    async with database.writing() as uow:
        first = await uow.heroes.add(DRAFT)
        await uow.commit()
        await uow.heroes.add(DRAFT)

    assert [first] == await stored(database)


async def test_a_unit_of_work_reads_its_own_changes(database: UnitOfWorkFactory) -> None:
    async with database.writing() as uow:
        hero = await uow.heroes.add(DRAFT)

        assert hero == await uow.heroes.get(hero.id)
        assert [hero] == await uow.heroes.page(HeroQuery(limit=10))


async def test_uncommitted_changes_are_invisible_to_other_units_of_work(
    database: UnitOfWorkFactory, request: pytest.FixtureRequest
) -> None:
    if "plain_memory" in request.node.name:
        pytest.skip(not_promised("Reads beside a write in memory"))

    async with database.writing() as uow:
        await uow.heroes.add(DRAFT)

        assert [] == await stored(database)


async def test_a_unit_of_work_may_be_committed_once_commit_is_called(
    database: UnitOfWorkFactory,
) -> None:
    async with database.writing() as uow:
        await uow.heroes.add(DRAFT)
        before = uow.may_be_committed
        await uow.commit()

    assert (False, True) == (before, uow.may_be_committed)


async def test_a_unit_of_work_that_is_rolled_back_may_not_be_committed(
    database: UnitOfWorkFactory,
) -> None:
    async with database.writing() as uow:
        await uow.heroes.add(DRAFT)

    assert not uow.may_be_committed


async def test_a_unit_of_work_may_be_committed_if_its_commit_is_cancelled(
    database: UnitOfWorkFactory,
) -> None:
    async with database.writing() as uow:
        await uow.heroes.add(DRAFT)
        committing = asyncio.create_task(uow.commit())
        await asyncio.sleep(0)  # the commit begins
        committing.cancel()
        await asyncio.wait([committing])

    assert uow.may_be_committed
    assert await add(database) in await stored(database)


async def test_a_commit_without_changes_is_allowed(database: UnitOfWorkFactory) -> None:
    async with database.writing() as uow:
        await uow.commit()
    async with database.reading() as uow_that_reads:
        assert [] == await uow_that_reads.heroes.page(HeroQuery(limit=10))


async def test_an_unused_unit_of_work_holds_no_lock(database: UnitOfWorkFactory) -> None:
    async with database.writing():
        hero = await add(database)

    assert [hero] == await stored(database)


async def test_rows_it_has_read_are_locked_until_it_ends(
    database: UnitOfWorkFactory,
) -> None:
    hero = await add(database)

    async def grow_older() -> None:
        async with database.writing() as uow:
            before = await uow.heroes.get(hero.id)
            await asyncio.sleep(0)  # lets the other tasks run, unless a lock holds them
            await uow.heroes.update(before.apply(HeroChanges({"age": (before.age or 0) + 1})))
            await uow.commit()

    await asyncio.gather(*(grow_older() for _ in range(50)))

    (after,) = await stored(database)
    assert (28 + 50, 1 + 50) == (after.age, after.version)


async def test_concurrent_updates_of_different_fields_are_both_stored(
    database: UnitOfWorkFactory,
) -> None:
    hero = await add(database)

    async def change(changes: dict[str, object]) -> None:
        async with database.writing() as uow:
            before = await uow.heroes.get(hero.id)
            await asyncio.sleep(0)  # lets the other tasks run, unless a lock holds them
            await uow.heroes.update(before.apply(HeroChanges(changes)))
            await uow.commit()

    await asyncio.gather(change({"name": "Spider-Boy"}), change({"age": 16}))

    assert [Hero(hero.id, "Spider-Boy", "Dive Wilson", 16, version=3)] == await stored(database)


async def test_one_of_many_concurrent_removals_succeeds(database: UnitOfWorkFactory) -> None:
    hero = await add(database)

    async def remove() -> None:
        async with database.writing() as uow:
            await uow.heroes.remove(hero.id)
            await uow.commit()

    results = await asyncio.gather(*(remove() for _ in range(10)), return_exceptions=True)

    assert 1 == results.count(None)
    assert 9 == sum(isinstance(result, HeroNotFound) for result in results)


async def test_no_write_of_many_concurrent_writers_is_lost(database: UnitOfWorkFactory) -> None:
    drafts = [HeroDraft(f"Hero {number}", "x", number) for number in range(200)]

    heroes = await asyncio.gather(*(add(database, draft) for draft in drafts))

    assert sorted(heroes, key=lambda hero: hero.id) == await stored(database)
    assert {draft.name for draft in drafts} == {hero.name for hero in heroes}
