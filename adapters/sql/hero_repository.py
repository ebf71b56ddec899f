"""The hero repository in SQL.

The statements are built once. A row maps to a ``Hero`` by position: the columns of the table have
the order of the entity's fields.
"""

from collections.abc import Mapping, Sequence
from itertools import starmap
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.sql.base import Executable

from adapters.sql.queries import select as queries
from adapters.sql.session import SqlExecutor
from adapters.sql.tables import IDS, hero_table
from domain.hero import Hero, HeroDraft, HeroNotFound, HeroQuery
from service_layer.errors import StoreRefused

OR_ABORT = "OR ABORT"
"""On SQLite, a violated constraint rolls back the statement only.

A constraint that a user has added may have another conflict clause. ``ON CONFLICT ROLLBACK`` would
roll back the whole transaction, which other units of work share. ``ON CONFLICT IGNORE`` would skip
the statement without an error.
"""

SKIPPED = "a trigger skipped the row"
"""Message for ``RETURN NULL`` on PostgreSQL and ``RAISE(IGNORE)`` on SQLite: no error, no row."""

_COLUMNS = ("name", "secret_name", "age", "version")
_VALUES: Mapping[str, Any] = {name: bindparam(name) for name in _COLUMNS}
_BY_ID = hero_table.c.id == bindparam("hero_id")

_GET = select(hero_table).where(_BY_ID)
_ADD = (
    insert(hero_table)
    .prefix_with(OR_ABORT, dialect="sqlite")
    .values(_VALUES)
    .returning(*hero_table.c)
)
_UPDATE = (
    update(hero_table)
    .prefix_with(OR_ABORT, dialect="sqlite")
    .values(_VALUES)
    .where(_BY_ID)
    .returning(hero_table.c.id)
)
_REMOVE = delete(hero_table).where(_BY_ID).returning(hero_table.c.id, hero_table.c.version)
"""Names ``version``, so that it fails on a table that is not migrated, as other statements do."""


class SqlHeroReader:
    """``HeroReader`` in SQL."""

    _get = _GET

    def __init__(self, executor: SqlExecutor) -> None:
        self._executor = executor

    async def get(self, hero_id: int) -> Hero:
        return Hero(*await self._exec_one(self._get, hero_id))

    async def page(self, query: HeroQuery) -> Sequence[Hero]:
        rows = await queries.fetch_page(self._executor, hero_table, query)
        return list(starmap(Hero, rows))

    async def count(self, query: HeroQuery) -> int:
        ((number,),) = await self._executor.exec(*queries.select_count(hero_table, query))
        return int(number)

    async def _exec_one(self, statement: Executable, hero_id: int, **values: object) -> Any:
        if hero_id in IDS:
            for row in await self._executor.exec(statement, {"hero_id": hero_id, **values}):
                return row
        raise HeroNotFound(hero_id)


class SqlHeroRepository(SqlHeroReader):
    """``HeroRepository`` in SQL. On PostgreSQL, ``get`` locks the row."""

    _get = _GET.with_for_update()

    async def add(self, draft: HeroDraft) -> Hero:
        for row in await self._executor.exec(_ADD, _column_values(draft, version=1)):
            return Hero(*row)
        raise StoreRefused(SKIPPED)

    async def update(self, hero: Hero) -> None:
        values = _column_values(hero, version=hero.version)
        await self._change_one(_UPDATE, hero.id, **values)

    async def remove(self, hero_id: int) -> None:
        await self._change_one(_REMOVE, hero_id)

    async def _change_one(self, statement: Executable, hero_id: int, **values: object) -> None:
        """Change the row. If it exists and was not changed, raise ``StoreRefused``."""
        try:
            await self._exec_one(statement, hero_id, **values)
        except HeroNotFound:
            await self.get(hero_id)
            raise StoreRefused(SKIPPED) from None


def _column_values(hero: HeroDraft | Hero, *, version: int) -> dict[str, Any]:
    """Return the values of ``_COLUMNS``."""
    return {
        "name": hero.name,
        "secret_name": hero.secret_name,
        "age": hero.age,
        "version": version,
    }
