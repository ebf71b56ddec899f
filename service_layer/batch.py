"""A batch: several operations on entities of one kind, applied in one transaction or not at all."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from domain.drafts import Changes
from domain.entity import Entity
from domain.errors import DomainError, InvalidEntity, Location, OperationFailed, Violation
from domain.preconditions import NO_PRECONDITION, Precondition
from domain.repository import Repository
from service_layer.errors import StoreConflict


@dataclass(frozen=True, slots=True)
class Update:
    """Set the fields in ``changes`` of one entity."""

    id: int
    changes: Mapping[str, Any] = field(repr=False)
    precondition: Precondition = NO_PRECONDITION


@dataclass(frozen=True, slots=True)
class Delete:
    """Delete one entity."""

    id: int
    precondition: Precondition = NO_PRECONDITION


@dataclass(frozen=True, slots=True)
class Batch:
    """The operations of a batch. ``create`` contains the values of each new entity."""

    create: Sequence[Mapping[str, Any]] = field(default=(), repr=False)
    update: Sequence[Update] = ()
    delete: Sequence[Delete] = ()


E = TypeVar("E", bound=Entity)
D = TypeVar("D")
Q = TypeVar("Q")


@dataclass(frozen=True, slots=True)
class BatchResult(Generic[E]):
    """The results of a batch, each sequence in the order of its operations."""

    created: Sequence[E]
    updated: Sequence[E]
    deleted: Sequence[int]


async def apply_to(
    repository: Repository[E, D, Q],
    batch: Batch,
    make_draft: Callable[..., D],
    make_changes: Callable[[Mapping[str, Any]], Changes],
) -> BatchResult[E]:
    """Apply all operations of the batch. Nothing is written before all of them are checked.

    ``make_draft`` and ``make_changes`` validate plain values. Raises ``OperationFailed`` for the
    first operation that is invalid or repeats an id. If there is none, raises it for the first
    operation whose entity does not exist or does not satisfy the precondition, and then for one
    that the database refuses.
    """
    drafts, changes = _validate(batch, make_draft, make_changes)
    targets = await _lock_targets(batch, repository)
    created, updated = [], []
    for number, draft in enumerate(drafts):
        with _add_location("create", number):
            created.append(await repository.add(draft))
    for number, (update, change) in enumerate(zip(batch.update, changes, strict=True)):
        entity = targets[update.id].apply(change)
        if entity is not targets[update.id]:
            with _add_location("update", number):
                await repository.update(entity)
        updated.append(entity)
    for number, delete in enumerate(batch.delete):
        with _add_location("delete", number):
            await repository.remove(delete.id)
    return BatchResult(created, updated, [delete.id for delete in batch.delete])


def _validate(
    batch: Batch,
    make_draft: Callable[..., D],
    make_changes: Callable[[Mapping[str, Any]], Changes],
) -> tuple[Sequence[D], Sequence[Changes]]:
    """Return the drafts and the changes."""
    drafts, changes = [], []
    seen: set[int] = set()
    for number, values in enumerate(batch.create):
        with _add_location("create", number):
            drafts.append(make_draft(**values))
    for number, update in enumerate(batch.update):
        with _add_location("update", number):
            _check_unique(update.id, seen)
        with _add_location("update", number, "changes"):
            changes.append(make_changes(update.changes))
    for number, delete in enumerate(batch.delete):
        with _add_location("delete", number):
            _check_unique(delete.id, seen)
    return drafts, changes


def _check_unique(entity_id: int, seen: set[int]) -> None:
    """Reject a second operation on an entity: the result would depend on the order."""
    if entity_id in seen:
        message = "Id should appear in one operation only"
        raise InvalidEntity([Violation("id", "id_repeated", message)])
    seen.add(entity_id)


async def _lock_targets(batch: Batch, repository: Repository[E, D, Q]) -> Mapping[int, E]:
    """Lock the entities to update or delete, check their preconditions, and return them by id.

    The locks are acquired in the order of the ids, so that two batches cannot deadlock::

        batch A: lock 1, lock 2 ............ commit
        batch B:   wait for 1 .................... lock 1, lock 2
    """
    operations: list[tuple[Location, Update | Delete]] = [
        *((("update", number), update) for number, update in enumerate(batch.update)),
        *((("delete", number), delete) for number, delete in enumerate(batch.delete)),
    ]
    targets: dict[int, E] = {}
    errors: dict[Location, DomainError] = {}
    for loc, operation in sorted(operations, key=lambda pair: pair[1].id):
        try:
            targets[operation.id] = await _lock(operation, repository)
            operation.precondition.check(targets[operation.id].version)
        except DomainError as error:
            errors[loc] = error.with_traceback(None)  # it would keep this frame alive
    for loc, _ in operations:
        if loc in errors:
            raise OperationFailed(loc, errors[loc]) from errors[loc]
    return targets


async def _lock(operation: Update | Delete, repository: Repository[E, D, Q]) -> E:
    if isinstance(operation, Delete):
        return await repository.get_to_remove(operation.id)
    return await repository.get(operation.id)


@contextmanager
def _add_location(*loc: str | int) -> Iterator[None]:
    """Raise ``OperationFailed`` with this location for an error of the domain, or a conflict."""
    try:
        yield
    except (DomainError, StoreConflict) as error:
        raise OperationFailed(loc, error) from error
