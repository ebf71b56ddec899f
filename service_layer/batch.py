"""Several operations on entities of one kind, done all or not at all."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, Self, TypeVar

from domain.errors import DomainError, InvalidEntity, Location, OperationFailed, Violation
from domain.preconditions import NO_PRECONDITION, Precondition


@dataclass(frozen=True, slots=True)
class Update:
    """New values for some fields of an entity whose version is as asked for."""

    id: int
    changes: Mapping[str, Any] = field(repr=False)
    precondition: Precondition = NO_PRECONDITION


@dataclass(frozen=True, slots=True)
class Delete:
    """The end of an entity whose version is as asked for."""

    id: int
    precondition: Precondition = NO_PRECONDITION


@dataclass(frozen=True, slots=True)
class Batch:
    """What is to be done. ``create`` holds the values of each new entity."""

    create: Sequence[Mapping[str, Any]] = field(default=(), repr=False)
    update: Sequence[Update] = ()
    delete: Sequence[Delete] = ()


class Versioned(Protocol):
    """An entity that a batch can change."""

    @property
    def version(self) -> int: ...

    def changed(self, changes: Any, /) -> Self: ...


Entity = TypeVar("Entity", bound=Versioned)


class Repository(Protocol[Entity]):
    """Where they are kept. What it gets stays the unit of work's own until that ends."""

    async def get(self, entity_id: int, /) -> Entity: ...

    async def add(self, draft: Any, /) -> Entity: ...

    async def update(self, entity: Entity, /) -> None: ...

    async def remove(self, entity_id: int, /) -> None: ...


@dataclass(frozen=True, slots=True)
class BatchResult(Generic[Entity]):
    """What a batch has done, in the order in which it was asked for."""

    created: Sequence[Entity]
    updated: Sequence[Entity]
    deleted: Sequence[int]


async def apply_batch(
    batch: Batch,
    repository: Repository[Entity],
    *,
    draft: Callable[..., Any],
    changes: Callable[[Mapping[str, Any]], Any],
) -> BatchResult[Entity]:
    """Do all of it. Nothing is written before it is known that everything can be.

    ``draft`` and ``changes`` make of plain values what the repository and the entities take. Raises
    ``OperationFailed`` for the first operation that is invalid or names an id that another has
    named, or else for the first whose entity is not there, or not in a version asked for.
    """
    drafts, wanted = _valid(batch, draft, changes)
    found = await _found(batch, repository)
    created = [await repository.add(new) for new in drafts]
    updated = []
    for update, change in zip(batch.update, wanted, strict=True):
        changed = found[update.id].changed(change)
        if changed is not found[update.id]:
            await repository.update(changed)
        updated.append(changed)
    for delete in batch.delete:
        await repository.remove(delete.id)
    return BatchResult(created, updated, [delete.id for delete in batch.delete])


def _valid(
    batch: Batch, draft: Callable[..., Any], changes: Callable[[Mapping[str, Any]], Any]
) -> tuple[Sequence[Any], Sequence[Any]]:
    """Return the drafts and the changes."""
    drafts, wanted = [], []
    named: set[int] = set()
    for number, values in enumerate(batch.create):
        with _at("create", number):
            drafts.append(draft(**values))
    for number, update in enumerate(batch.update):
        with _at("update", number):
            _name(update.id, named)
        with _at("update", number, "changes"):
            wanted.append(changes(update.changes))
    for number, delete in enumerate(batch.delete):
        with _at("delete", number):
            _name(delete.id, named)
    return drafts, wanted


def _name(entity_id: int, named: set[int]) -> None:
    """Refuse what would depend on an order: two operations on one entity."""
    if entity_id in named:
        message = "Id should be named by one operation only"
        raise InvalidEntity([Violation("id", "id_repeated", message)])
    named.add(entity_id)


async def _found(batch: Batch, repository: Repository[Entity]) -> Mapping[int, Entity]:
    """Return what is to be updated or deleted, in versions asked for, and kept from others.

    It is got in the order of its ids: whoever takes several things in one order can't have another
    wait for what he has, and wait for what that one has.
    """
    targets: list[tuple[Location, Update | Delete]] = [
        *((("update", number), update) for number, update in enumerate(batch.update)),
        *((("delete", number), delete) for number, delete in enumerate(batch.delete)),
    ]
    found: dict[int, Entity] = {}
    failed: dict[Location, DomainError] = {}
    for loc, target in sorted(targets, key=lambda one: one[1].id):
        try:
            found[target.id] = await repository.get(target.id)
            target.precondition.check(found[target.id].version)
        except DomainError as error:
            failed[loc] = error.with_traceback(None)  # which would keep this frame alive
    for loc, _ in targets:
        if loc in failed:
            raise OperationFailed(loc, failed[loc]) from failed[loc]
    return found


@contextmanager
def _at(*loc: str | int) -> Iterator[None]:
    """Say of a refusal where in the batch it arose."""
    try:
        yield
    except DomainError as error:
        raise OperationFailed(loc, error) from error
