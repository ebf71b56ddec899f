"""The use cases for heroes: one function each, with plain values and a unit of work.

``update_hero`` and ``delete_hero`` commit. ``create_hero`` and ``apply_batch`` do not: their caller
stores the response under an idempotency key in the same transaction, and then commits. What only
reads needs no use case: a route calls the repository.
"""

from collections.abc import Mapping
from typing import Any

from domain.hero import Hero, HeroChanges, HeroDraft
from domain.preconditions import NO_PRECONDITION, Precondition
from service_layer.batch import Batch, BatchResult, apply_to
from service_layer.unit_of_work import UnitOfWork
from service_layer.use_cases import delete_entity, update_entity


async def create_hero(
    uow: UnitOfWork,
    *,
    name: str,
    secret_name: str,
    age: int | None = None,
) -> Hero:
    """Insert a hero and return it, without a commit. Raises ``InvalidEntity``."""
    return await uow.heroes.add(HeroDraft(name=name, secret_name=secret_name, age=age))


async def update_hero(
    uow: UnitOfWork,
    hero_id: int,
    changes: Mapping[str, Any],
    precondition: Precondition = NO_PRECONDITION,
) -> Hero:
    """Set the fields in ``changes``, commit, and return the hero.

    Raises ``HeroNotFound``, ``InvalidEntity`` and ``StaleVersion``.
    """
    return await update_entity(uow, uow.heroes, hero_id, HeroChanges(changes), precondition)


async def delete_hero(
    uow: UnitOfWork, hero_id: int, precondition: Precondition = NO_PRECONDITION
) -> None:
    """Delete the hero and commit. Raises ``HeroNotFound`` and ``StaleVersion``."""
    await delete_entity(uow, uow.heroes, hero_id, precondition)


async def apply_batch(uow: UnitOfWork, batch: Batch) -> BatchResult[Hero]:
    """Apply the batch and return its result, without a commit.

    Raises ``OperationFailed``; then nothing was written.
    """
    return await apply_to(uow.heroes, batch, HeroDraft, HeroChanges)
