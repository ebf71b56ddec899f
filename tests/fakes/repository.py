"""A repository in memory, for entities of any kind."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Generic, Protocol, TypeVar, cast

from domain.entity import Entity
from domain.errors import NotFound
from domain.query import Query
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


class FakeRepository(Generic[E, D, Q]):
    """``Repository`` over the state that its unit of work lets it see."""

    def __init__(
        self, state: Callable[[], Awaitable[State]], kind: type[E], not_found: type[NotFound]
    ) -> None:
        self._state = state
        self._kind = kind
        self._not_found = not_found

    async def get(self, entity_id: int, /) -> E:
        return self._find(await self._table(), entity_id)

    async def page(self, query: Q, /) -> Sequence[E]:
        return queries.page(query, (await self._table()).rows.values())

    async def count(self, query: Q, /) -> int:
        return len(queries.find_all(query, (await self._table()).rows.values()))

    async def add(self, draft: D, /) -> E:
        table = await self._table()
        table.last_id += 1
        values = {each.name: getattr(draft, each.name) for each in fields(cast("Any", draft))}
        table.rows[table.last_id] = self._kind(id=table.last_id, **values, version=1)  # type: ignore[call-arg]  # each entity has these fields
        return table.rows[table.last_id]

    async def update(self, entity: E, /) -> None:
        table = await self._table()
        self._find(table, entity.id)
        table.rows[entity.id] = entity

    async def remove(self, entity_id: int, /) -> None:
        table = await self._table()
        self._find(table, entity_id)
        del table.rows[entity_id]

    async def _table(self) -> FakeTable[E]:
        return (await self._state()).tables[self._kind]

    def _find(self, table: FakeTable[E], entity_id: int) -> E:
        if entity_id not in table.rows:
            raise self._not_found(entity_id)
        return table.rows[entity_id]
