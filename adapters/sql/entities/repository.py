"""Repositories in SQL. A ``TableMapping`` has the statements and the rows of each."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Generic, TypeVar

from sqlalchemy.sql.base import Executable

from adapters.sql.entities.mapping import MAX_IDS, TableMapping
from adapters.sql.mistyped import MistypedValues
from adapters.sql.queries import select as queries
from adapters.sql.session import SqlExecutor
from adapters.sql.tables import IDS
from domain.entity import Entity
from domain.errors import NotFound
from domain.query import Query
from service_layer.errors import StoreRefused

SKIPPED = "a trigger skipped the row"
"""Message for ``RETURN NULL`` on PostgreSQL and ``RAISE(IGNORE)`` on SQLite: no error, no row."""

HIDDEN = "a policy does not allow the change"
"""Message for row level security that lets a row be read, but not locked, updated or deleted."""

E = TypeVar("E", bound=Entity)
D = TypeVar("D")
Q = TypeVar("Q", bound=Query)


class SqlRepository(Generic[E, D, Q]):
    """``Repository`` in SQL.

    ``locks`` is whether its unit of work writes: then ``get`` locks the row, as PostgreSQL can.
    Otherwise ``get_to_remove`` and each method that writes raise ``TypeError``: the statement would
    be committed at once.
    """

    def __init__(
        self, executor: SqlExecutor, mapping: TableMapping[E, D, Q], *, locks: bool
    ) -> None:
        self._executor = executor
        self._mapping = mapping
        self._locks = locks
        self._mistyped: dict[int, E] = {}
        """The entities as they were read for a change from rows with mistyped values, by id."""

    async def get(self, entity_id: int, /) -> E:
        """Return the entity. Raises ``StoreRefused`` if a policy hides it from changes only."""
        if self._locks:
            return await self._get_locked(self._mapping.get_to_change, entity_id)
        mapping, rules = self._mapping, self._mapping.rules
        row = await self._exec_one(mapping.get, entity_id)
        if not rules.is_regular(row) and rules.has_mistyped_sort_values([row]):
            self._mistyped_values().record(found=True)
        return mapping.to_entity(row)

    async def get_to_remove(self, entity_id: int, /) -> E:
        """Return the entity. Raises ``StoreRefused`` if a policy hides it from changes only."""
        self._check_may_write()
        return await self._get_locked(self._mapping.get_to_remove, entity_id)

    async def find(self, ids: Collection[int], /) -> Mapping[int, E]:
        """Return the entities, with one statement for each ``MAX_IDS`` of the ids."""
        mapping, rows = self._mapping, list[Any]()
        known = [each for each in ids if each in IDS]
        for start in range(0, len(known), MAX_IDS):
            rows += await self._executor.exec(*mapping.find(known[start : start + MAX_IDS]))
        are_mappable = mapping.rules.are_mappable(rows)
        map_rows = mapping.to_entities if are_mappable else mapping.to_shown_entities
        return {entity.id: entity for entity in map_rows(rows)}

    async def page(self, query: Q, /) -> Sequence[E]:
        mapping, rules = self._mapping, self._mapping.rules
        mistyped = await self._search_mistyped_values(query)
        rows = await queries.fetch_page(self._executor, mapping.table, query)
        if rules.are_mappable(rows):
            return mapping.to_entities(rows)
        if not mistyped.has_mistyped and rules.has_mistyped_sort_values(rows):
            mistyped.record(found=True)
            rows = await queries.fetch_page(self._executor, mapping.table, query)
        return mapping.to_shown_entities(rows)

    async def count(self, query: Q, /) -> int:
        mistyped = await self._search_mistyped_values(query)
        table = self._mapping.table
        statement = queries.select_count(table, query, as_shown=mistyped.has_mistyped)
        ((number,),) = await self._executor.exec(*statement)
        return int(number)

    async def add(self, draft: D, /) -> E:
        self._check_may_write()
        mapping = self._mapping
        for row in await self._executor.exec(mapping.add, mapping.values_of_new(draft)):
            return mapping.to_entity(row)
        raise StoreRefused(SKIPPED)

    async def update(self, entity: E, /) -> None:
        """Replace the stored entity, except mistyped values whose shown value has not changed."""
        values = self._mapping.values_of(entity)
        if shown := self._mistyped.get(entity.id):
            before = self._mapping.values_of(shown)
            values = {name: value for name, value in values.items() if value != before[name]}
        await self._change_one(self._mapping.update(values), entity.id, **values)

    async def remove(self, entity_id: int, /) -> None:
        await self._change_one(self._mapping.remove, entity_id)

    async def _get_locked(self, statement: Executable, entity_id: int) -> E:
        mapping = self._mapping
        try:
            row = await self._exec_one(statement, entity_id)
        except NotFound:
            await self._exec_one(mapping.get, entity_id)
            raise StoreRefused(HIDDEN) from None
        entity = mapping.to_entity(row)
        if not mapping.rules.is_regular(row):
            self._mistyped[entity_id] = entity
        elif self._mistyped:
            self._mistyped.pop(entity_id, None)
        return entity

    def _mistyped_values(self) -> MistypedValues:
        return self._executor.mistyped[self._mapping.table]

    async def _search_mistyped_values(self, query: Q) -> MistypedValues:
        """Return what is known about mistyped values, after a look if the query depends on it."""
        mistyped = self._mistyped_values()
        if mistyped.is_unchecked and queries.is_by_values(query):
            found = await self._executor.exec(self._mapping.select_mistyped, {})
            mistyped.record(found=bool(found))
        return mistyped

    def _check_may_write(self) -> None:
        if not self._locks:
            raise TypeError("a unit of work that reads can not write: use one that writes")

    async def _change_one(self, statement: Executable, entity_id: int, **values: object) -> None:
        """Change the row. If it exists and was not changed, raise ``StoreRefused``."""
        self._check_may_write()
        try:
            await self._exec_one(statement, entity_id, **values)
        except NotFound:
            await self._exec_one(self._mapping.get, entity_id)
            raise StoreRefused(SKIPPED) from None

    async def _exec_one(self, statement: Executable, entity_id: int, **values: object) -> Any:
        if entity_id in IDS:
            for row in await self._executor.exec(statement, {"entity_id": entity_id, **values}):
                return row
        raise self._mapping.not_found(entity_id)
