"""What every unit of work promises, whichever database is behind it."""

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


async def test_it_keeps_what_was_committed(database: UnitOfWorkFactory) -> None:
    hero = await add(database)

    assert [hero] == await stored(database)


async def test_it_rolls_back_what_was_not_committed(database: UnitOfWorkFactory) -> None:
    async with database.writing() as uow:
        await uow.heroes.add(DRAFT)

    assert [] == await stored(database)


async def test_it_rolls_back_on_an_error(database: UnitOfWorkFactory) -> None:
    kept = await add(database)

    async def fail_halfway() -> None:
        async with database.writing() as uow:
            await uow.heroes.remove(kept.id)
            await uow.heroes.add(DRAFT)
            raise RuntimeError("halfway")

    with pytest.raises(RuntimeError, match="halfway"):
        await fail_halfway()

    assert [kept] == await stored(database)


async def test_it_rolls_back_when_it_is_cancelled(database: UnitOfWorkFactory) -> None:
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


async def test_it_keeps_all_of_its_changes_together(database: UnitOfWorkFactory) -> None:
    first = await add(database)

    async with database.writing() as uow:
        second = await uow.heroes.add(DRAFT)
        await uow.heroes.remove(first.id)
        await uow.commit()

    assert [second] == await stored(database)


async def test_after_a_commit_it_can_do_more(database: UnitOfWorkFactory) -> None:
    async with database.writing() as uow:
        first = await uow.heroes.add(DRAFT)
        await uow.commit()
        await uow.heroes.add(DRAFT)

    assert [first] == await stored(database)


async def test_it_reads_its_own_changes(database: UnitOfWorkFactory) -> None:
    async with database.writing() as uow:
        hero = await uow.heroes.add(DRAFT)

        assert hero == await uow.heroes.get(hero.id)
        assert [hero] == await uow.heroes.page(HeroQuery(limit=10))


async def test_others_do_not_see_what_is_not_committed(
    database: UnitOfWorkFactory, request: pytest.FixtureRequest
) -> None:
    if "plain_memory" in request.node.name:
        pytest.skip(not_promised("Reads beside a write in memory"))

    async with database.writing() as uow:
        await uow.heroes.add(DRAFT)

        assert [] == await stored(database)


async def test_a_commit_of_nothing_is_allowed(database: UnitOfWorkFactory) -> None:
    async with database.writing() as uow:
        await uow.commit()
    async with database.reading() as uow_that_reads:
        assert [] == await uow_that_reads.heroes.page(HeroQuery(limit=10))


async def test_one_that_did_nothing_holds_up_no_one(database: UnitOfWorkFactory) -> None:
    async with database.writing():
        hero = await add(database)

    assert [hero] == await stored(database)


async def test_what_it_has_read_no_one_else_changes_before_it_ends(
    database: UnitOfWorkFactory,
) -> None:
    hero = await add(database)

    async def grow_older() -> None:
        async with database.writing() as uow:
            before = await uow.heroes.get(hero.id)
            await asyncio.sleep(0)  # the others come in between, if anything lets them
            await uow.heroes.update(before.apply(HeroChanges({"age": (before.age or 0) + 1})))
            await uow.commit()

    await asyncio.gather(*(grow_older() for _ in range(50)))

    (after,) = await stored(database)
    assert (28 + 50, 1 + 50) == (after.age, after.version)


async def test_changes_of_different_fields_at_once_both_survive(
    database: UnitOfWorkFactory,
) -> None:
    hero = await add(database)

    async def change(changes: dict[str, object]) -> None:
        async with database.writing() as uow:
            before = await uow.heroes.get(hero.id)
            await asyncio.sleep(0)  # the others come in between, if anything lets them
            await uow.heroes.update(before.apply(HeroChanges(changes)))
            await uow.commit()

    await asyncio.gather(change({"name": "Spider-Boy"}), change({"age": 16}))

    assert [Hero(hero.id, "Spider-Boy", "Dive Wilson", 16, version=3)] == await stored(database)


async def test_of_many_removals_at_once_one_succeeds(database: UnitOfWorkFactory) -> None:
    hero = await add(database)

    async def remove() -> None:
        async with database.writing() as uow:
            await uow.heroes.remove(hero.id)
            await uow.commit()

    results = await asyncio.gather(*(remove() for _ in range(10)), return_exceptions=True)

    assert 1 == results.count(None)
    assert 9 == sum(isinstance(result, HeroNotFound) for result in results)


async def test_many_writers_at_once_lose_nothing(database: UnitOfWorkFactory) -> None:
    drafts = [HeroDraft(f"Hero {number}", "x", number) for number in range(200)]

    heroes = await asyncio.gather(*(add(database, draft) for draft in drafts))

    assert sorted(heroes, key=lambda hero: hero.id) == await stored(database)
    assert {draft.name for draft in drafts} == {hero.name for hero in heroes}
