"""Use cases for entities of any kind, for those that have no rules of their own."""

from typing import Protocol, TypeVar

from domain.drafts import Changes
from domain.entity import Entity
from domain.preconditions import NO_PRECONDITION, Precondition
from domain.repository import Repository

E = TypeVar("E", bound=Entity)
D = TypeVar("D")
Q = TypeVar("Q")


class Transaction(Protocol):
    """The unit of work to which a repository belongs."""

    async def commit(self) -> None: ...


async def update_entity(
    uow: Transaction,
    repository: Repository[E, D, Q],
    entity_id: int,
    changes: Changes,
    precondition: Precondition = NO_PRECONDITION,
) -> E:
    """Apply the changes, commit, and return the entity. Raises ``NotFound``, ``StaleVersion``."""
    entity = await repository.get(entity_id)
    precondition.check(entity.version)
    updated = entity.apply(changes)
    if updated is not entity:
        await repository.update(updated)
    await uow.commit()
    return updated


async def delete_entity(
    uow: Transaction,
    repository: Repository[E, D, Q],
    entity_id: int,
    precondition: Precondition = NO_PRECONDITION,
) -> None:
    """Delete the entity and commit. Raises ``NotFound`` and ``StaleVersion``."""
    if precondition != NO_PRECONDITION:
        entity = await repository.get_to_remove(entity_id)
        precondition.check(entity.version)
    await repository.remove(entity_id)
    await uow.commit()
