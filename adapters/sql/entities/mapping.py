"""How the entities of one kind are stored: their table, their rows, and the statements for them."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from functools import lru_cache
from itertools import starmap
from typing import Any, Generic, TypeVar, cast

from sqlalchemy import Table, bindparam, delete, insert, select, update
from sqlalchemy.sql.base import Executable
from sqlmodel import SQLModel

from adapters.sql.entities.rows import RowRules
from adapters.sql.queries.select import Statement
from adapters.sql.queries.shown_values import select_mistyped
from adapters.sql.statements import CACHE_SIZE, ROW_LIMIT
from domain.entity import Entity
from domain.errors import NotFound
from domain.query import ID, Query

E = TypeVar("E", bound=Entity)
D = TypeVar("D")
Q = TypeVar("Q", bound=Query)

VERSION = "version"
"""The last column, the version of the entity."""

MAPPING = "mapping"
"""The key of a table's mapping in its ``info``: who has the tables has the mappings."""

MAX_IDS = 128
"""Maximum number of ids in a statement."""

OR_ABORT = "OR ABORT"
"""On SQLite, a violated constraint rolls back the statement only.

A constraint that a user has added may have another conflict clause. ``ON CONFLICT ROLLBACK`` would
roll back the whole transaction, which other units of work share. ``ON CONFLICT IGNORE`` would skip
the statement without an error.
"""


class TableMapping(Generic[E, D, Q]):
    """The entities of type ``entity`` as rows of the table of ``row``.

    The columns have the names and the order of the entity's fields, from ``id`` to ``version``. The
    fields between these are those of the draft. All columns are texts or integers. A field of the
    query is nullable if its column is. Raises ``TypeError`` otherwise.
    """

    def __init__(
        self, row: type[SQLModel], entity: type[E], query: type[Q], not_found: type[NotFound]
    ) -> None:
        self.table = row.metadata.tables[str(row.__tablename__)]
        self.not_found = not_found
        queried = [name for name in query.fields if name != ID]
        self.rules = RowRules(self.table, queried)
        _check_columns(self.table, entity)
        _check_nullable(self.table, query)
        self._entity = entity
        self._names = self.rules.names[1:]
        by_id = self.table.c[ID] == bindparam("entity_id")
        self.get = select(self.table).where(by_id)
        # Does not conflict with FOR KEY SHARE, by which PostgreSQL checks foreign keys (record 13).
        self.get_to_change = self.get.with_for_update(key_share=True)
        self.get_to_remove = self.get.with_for_update()
        self.add = (
            insert(self.table)
            .prefix_with(OR_ABORT, dialect="sqlite")
            .values({name: bindparam(name) for name in self._names})
            .returning(*self.table.c)
        )
        # Names the version, so that it fails on a table that is not migrated, as the others do.
        version = self.table.c[VERSION]
        self.remove = delete(self.table).where(by_id).returning(self.table.c[ID], version.is_(None))
        self.select_mistyped = select_mistyped(self.table, *queried)
        self.table.info[MAPPING] = self

    def find(self, ids: Sequence[int]) -> Statement:
        """Return the statement that selects the rows with these ids, 1 to ``MAX_IDS``.

        There is one for each power of two. The last id is repeated up to that number.
        """
        number = 1 << (len(ids) - 1).bit_length()
        padded = [*ids, *[ids[-1]] * (number - len(ids))]
        params = {f"id_{i}": each for i, each in enumerate(padded)} | {"ids": len(ids)}
        return _find(self.table, number), params

    def update(self, columns: Iterable[str]) -> Executable:
        """Return the statement that updates these columns of one row."""
        return _update(self.table, tuple(columns))

    def to_entity(self, row: Sequence[Any]) -> E:
        """Return the entity of any row."""
        return self._entity(*(row if self.rules.is_regular(row) else self.rules.show(row)))

    def to_entities(self, rows: Iterable[Sequence[Any]]) -> Sequence[E]:
        """Return the entities of rows that are mappable, without a look at each value."""
        return list(starmap(self._entity, rows))

    def to_shown_entities(self, rows: Iterable[Sequence[Any]]) -> Sequence[E]:
        """Return the entities of any rows."""
        return list(starmap(self._entity, map(self.rules.show, rows)))

    def values_of(self, entity: E) -> dict[str, Any]:
        """Return the values of all columns but the id."""
        return {name: getattr(entity, name) for name in self._names}

    def values_of_new(self, draft: D) -> dict[str, Any]:
        """Return the values of all columns but the id, for a new entity."""
        return {name: getattr(draft, name) for name in self._names[:-1]} | {VERSION: 1}


def find_mappings(tables: Iterable[Table]) -> Sequence[TableMapping[Any, Any, Any]]:
    """Return the mappings of those tables that have one."""
    return [table.info[MAPPING] for table in tables if MAPPING in table.info]


def _check_columns(table: Table, entity: type[Entity]) -> None:
    names = [column.name for column in table.columns]
    expected = [field.name for field in fields(cast("Any", entity))]
    if names != expected or [names[0], names[-1]] != [ID, VERSION]:
        raise TypeError(
            f"table {table.name} has the columns {', '.join(names)}, but {entity.__name__} has the"
            f" fields {', '.join(expected)}: both should be equal, from {ID} to {VERSION}"
        )


def _check_nullable(table: Table, query: type[Query]) -> None:
    """Check what the cursor of a page depends on: it has the values of the sort keys."""
    for name, field in query.fields.items():
        column = table.c[name]
        if field.nullable != column.nullable:
            raise TypeError(
                f"{query.__name__}.{name} has nullable={field.nullable}, but {column} has"
                f" nullable={column.nullable}: both should be equal"
            )


@lru_cache(CACHE_SIZE)
def _find(table: Table, number: int) -> Executable:
    column = table.c[ID]
    ids = [bindparam(f"id_{i}", type_=column.type) for i in range(number)]
    return select(table).where(column.in_(ids)).execution_options(**{ROW_LIMIT: "ids"})


@lru_cache(CACHE_SIZE)
def _update(table: Table, columns: tuple[str, ...]) -> Executable:
    return (
        update(table)
        .prefix_with(OR_ABORT, dialect="sqlite")
        .values({name: bindparam(name) for name in columns})
        .where(table.c[ID] == bindparam("entity_id"))
        .returning(table.c[ID])
    )
