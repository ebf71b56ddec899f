"""The use cases of heroes: one function each, on plain values and a unit of work.

A command ends with its commit. The two commands that a client may repeat under an idempotency key
leave the commit to their caller, which stores the response in the same transaction.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from domain.hero import Hero, HeroChanges, HeroDraft, HeroQuery
from domain.preconditions import NO_PRECONDITION, Precondition
from service_layer.batch import Batch, BatchResult
from service_layer.batch import apply_batch as apply_to_repository
from service_layer.unit_of_work import ReadOnlyUnitOfWork, UnitOfWork


async def create_hero(
    uow: UnitOfWork,
    *,
    name: str,
    secret_name: str,
    age: int | None = None,
) -> Hero:
    """Return the new hero, not yet committed. Raises ``InvalidHero``."""
    return await uow.heroes.add(HeroDraft(name=name, secret_name=secret_name, age=age))


async def read_hero(uow: ReadOnlyUnitOfWork, hero_id: int) -> Hero:
    """Return the hero. Raises ``HeroNotFound``."""
    return await uow.heroes.get(hero_id)


async def read_heroes(uow: ReadOnlyUnitOfWork, query: HeroQuery) -> Sequence[Hero]:
    """Return the stretch of heroes that the query asks for."""
    return await uow.heroes.page(query)


async def count_heroes(uow: ReadOnlyUnitOfWork, query: HeroQuery) -> int:
    """Return how many heroes pass the query's filters."""
    return await uow.heroes.count(query)


async def update_hero(
    uow: UnitOfWork,
    hero_id: int,
    changes: Mapping[str, Any],
    precondition: Precondition = NO_PRECONDITION,
) -> Hero:
    """Return the hero with only the fields in ``changes`` set anew, durable.

    Raises ``HeroNotFound``, ``InvalidHero`` and ``StaleVersion``.
    """
    checked = HeroChanges(changes)
    hero = await uow.heroes.get(hero_id)
    precondition.check(hero.version)
    changed = hero.changed(checked)
    if changed is not hero:
        await uow.heroes.update(changed)
    await uow.commit()
    return changed


async def delete_hero(
    uow: UnitOfWork, hero_id: int, precondition: Precondition = NO_PRECONDITION
) -> None:
    """Forget the hero, durably. Raises ``HeroNotFound`` and ``StaleVersion``."""
    if precondition != NO_PRECONDITION:
        hero = await uow.heroes.get(hero_id)
        precondition.check(hero.version)
    await uow.heroes.remove(hero_id)
    await uow.commit()


async def apply_batch(uow: UnitOfWork, batch: Batch) -> BatchResult[Hero]:
    """Return what the batch has done, not yet committed.

    Raises ``OperationFailed``, and has then changed nothing.
    """
    return await apply_to_repository(batch, uow.heroes, draft=HeroDraft, changes=HeroChanges)
