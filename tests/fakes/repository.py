"""A repository in memory, for entities of any kind."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Generic, NamedTuple, Protocol, TypeVar, cast

from domain.entity import Entity
from domain.errors import NotFound
from domain.query import Query
from service_layer.errors import StoreConflict
from tests.fakes import queries

E = TypeVar("E", bound=Entity)
D = TypeVar("D")
Q = TypeVar("Q", bound=Query)


@dataclass
class FakeTable(Generic[E]):
    """The entities of one kind, by id, and the highest id that one has had."""

    rows: dict[int, E] = field(default_factory=dict)
    last_id: int = 0


class FakeTables(defaultdict[type, FakeTable[Any]]):
    """The tables, by the type of their entities."""

    def __init__(self) -> None:
        super().__init__(FakeTable)

    def copy(self) -> "FakeTables":
        new = FakeTables()
        for kind, table in self.items():
            new[kind] = FakeTable(dict(table.rows), table.last_id)
        return new


class State(Protocol):
    """What a unit of work lets a repository see."""

    tables: FakeTables


class ForeignKey(NamedTuple):
    """A field of ``kind`` that is ``None``, or the id of a stored entity of ``referred``."""

    kind: type
    field: str
    referred: type


class FakeRepository(Generic[E, D, Q]):
    """``Repository`` over the state that its unit of work lets it see.

    ``keys`` are the foreign keys from and to its entities.
    """

    def __init__(
        self,
        state: Callable[[], Awaitable[State]],
        kind: type[E],
        not_found: type[NotFound],
        keys: Sequence[ForeignKey] = (),
    ) -> None:
        self._state = state
        self._kind = kind
        self._not_found = not_found
        self._keys = keys

    async def get(self, entity_id: int, /) -> E:
        return self._find(await self._table(), entity_id)

    async def get_to_remove(self, entity_id: int, /) -> E:
        return await self.get(entity_id)

    async def find(self, ids: Collection[int], /) -> Mapping[int, E]:
        rows = (await self._table()).rows
        return {entity_id: rows[entity_id] for entity_id in ids if entity_id in rows}

    async def page(self, query: Q, /) -> Sequence[E]:
        return queries.page(query, (await self._table()).rows.values())

    async def count(self, query: Q, /) -> int:
        return len(queries.find_all(query, (await self._table()).rows.values()))

    async def add(self, draft: D, /) -> E:
        tables = (await self._state()).tables
        table: FakeTable[E] = tables[self._kind]
        table.last_id += 1
        values = {each.name: getattr(draft, each.name) for each in fields(cast("Any", draft))}
        entity = self._kind(id=table.last_id, **values, version=1)  # type: ignore[call-arg]  # each entity has these fields
        self._check_references(tables, entity)
        table.rows[entity.id] = entity
        return entity

    async def update(self, entity: E, /) -> None:
        tables = (await self._state()).tables
        self._find(tables[self._kind], entity.id)
        self._check_references(tables, entity)
        tables[self._kind].rows[entity.id] = entity

    async def remove(self, entity_id: int, /) -> None:
        tables = (await self._state()).tables
        self._find(tables[self._kind], entity_id)
        self._check_referring(tables, entity_id)
        del tables[self._kind].rows[entity_id]

    def _check_references(self, tables: FakeTables, entity: E) -> None:
        """Raise ``StoreConflict`` if the entity refers to one that does not exist."""
        for key in self._keys:
            referred_id = getattr(entity, key.field) if key.kind is self._kind else None
            if referred_id is not None and referred_id not in tables[key.referred].rows:
                raise StoreConflict(key.field)

    def _check_referring(self, tables: FakeTables, entity_id: int) -> None:
        """Raise ``StoreConflict`` if another entity refers to this one."""
        for key in self._keys:
            referring = tables[key.kind].rows.values() if key.referred is self._kind else ()
            if any(getattr(each, key.field) == entity_id for each in referring):
                raise StoreConflict(key.field)

    async def _table(self) -> FakeTable[E]:
        return (await self._state()).tables[self._kind]

    def _find(self, table: FakeTable[E], entity_id: int) -> E:
        if entity_id not in table.rows:
            raise self._not_found(entity_id)
        return table.rows[entity_id]
