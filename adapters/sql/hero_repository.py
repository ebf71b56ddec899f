"""The hero repository in SQL. The statements are built once, and ``hero_rows`` maps the rows."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.sql.base import Executable

from adapters.sql.hero_rows import (
    QUERIED,
    are_mappable,
    has_mistyped_sort_values,
    is_regular,
    to_hero,
    to_heroes,
    to_shown_heroes,
)
from adapters.sql.hero_table import hero_table
from adapters.sql.mistyped import MistypedValues
from adapters.sql.queries import select as queries
from adapters.sql.queries.shown_values import select_mistyped
from adapters.sql.session import SqlExecutor
from adapters.sql.tables import IDS
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

HIDDEN = "a policy does not allow the change"
"""Message for row level security that lets a row be read, but not locked, updated or deleted."""

_COLUMNS = ("name", "secret_name", "age", "version")
_BY_ID = hero_table.c.id == bindparam("hero_id")

_GET = select(hero_table).where(_BY_ID)
_ADD = (
    insert(hero_table)
    .prefix_with(OR_ABORT, dialect="sqlite")
    .values({name: bindparam(name) for name in _COLUMNS})
    .returning(*hero_table.c)
)
_REMOVE = (
    delete(hero_table).where(_BY_ID).returning(hero_table.c.id, hero_table.c.version.is_(None))
)
"""Names ``version``, so that it fails on a table that is not migrated, as other statements do."""

SELECT_MISTYPED = select_mistyped(hero_table, *QUERIED)
"""Selects a row if a value that queries filter or sort by is mistyped."""


@lru_cache
def _update_of(columns: Sequence[str]) -> Executable:
    return (
        update(hero_table)
        .prefix_with(OR_ABORT, dialect="sqlite")
        .values({name: bindparam(name) for name in columns})
        .where(_BY_ID)
        .returning(hero_table.c.id)
    )


_UPDATE = _update_of(_COLUMNS)


class SqlHeroReader:
    """``HeroReader`` in SQL."""

    _get = _GET

    def __init__(self, executor: SqlExecutor) -> None:
        self._executor = executor

    async def get(self, hero_id: int) -> Hero:
        row = await self._exec_one(self._get, hero_id)
        if not is_regular(row) and has_mistyped_sort_values([row]):
            self._executor.mistyped[hero_table].record(found=True)
        return to_hero(row)

    async def page(self, query: HeroQuery) -> Sequence[Hero]:
        mistyped = await self._mistyped_values(query)
        rows = await queries.fetch_page(self._executor, hero_table, query)
        if are_mappable(rows):
            return to_heroes(rows)
        if not mistyped.has_mistyped and has_mistyped_sort_values(rows):
            mistyped.record(found=True)
            rows = await queries.fetch_page(self._executor, hero_table, query)
        return to_shown_heroes(rows)

    async def count(self, query: HeroQuery) -> int:
        mistyped = await self._mistyped_values(query)
        statement = queries.select_count(hero_table, query, as_shown=mistyped.has_mistyped)
        ((number,),) = await self._executor.exec(*statement)
        return int(number)

    async def _mistyped_values(self, query: HeroQuery) -> MistypedValues:
        """Return what is known about mistyped values, after a look if the query depends on it."""
        mistyped = self._executor.mistyped[hero_table]
        if mistyped.is_unchecked and queries.is_by_values(query):
            mistyped.record(found=bool(await self._executor.exec(SELECT_MISTYPED, {})))
        return mistyped

    async def _exec_one(self, statement: Executable, hero_id: int, **values: object) -> Any:
        if hero_id in IDS:
            for row in await self._executor.exec(statement, {"hero_id": hero_id, **values}):
                return row
        raise HeroNotFound(hero_id)


class SqlHeroRepository(SqlHeroReader):
    """``HeroRepository`` in SQL. On PostgreSQL, ``get`` locks the row."""

    _get = _GET.with_for_update()

    def __init__(self, executor: SqlExecutor) -> None:
        super().__init__(executor)
        self._mistyped: dict[int, Hero] = {}
        """The heroes as they were read from rows with mistyped values, by id."""

    async def get(self, hero_id: int) -> Hero:
        """Return the hero. Raises ``StoreRefused`` if a policy hides it from changes only."""
        try:
            row = await self._exec_one(self._get, hero_id)
        except HeroNotFound:
            await self._exec_one(_GET, hero_id)
            raise StoreRefused(HIDDEN) from None
        hero = to_hero(row)
        if not is_regular(row):
            self._mistyped[hero_id] = hero
        elif self._mistyped:
            self._mistyped.pop(hero_id, None)
        return hero

    async def add(self, draft: HeroDraft) -> Hero:
        for row in await self._executor.exec(_ADD, _column_values(draft, version=1)):
            return to_hero(row)
        raise StoreRefused(SKIPPED)

    async def update(self, hero: Hero) -> None:
        """Replace the stored hero, except mistyped values whose shown value has not changed."""
        values = _column_values(hero, version=hero.version)
        if shown := self._mistyped.get(hero.id):
            before = _column_values(shown, version=shown.version)
            values = {name: value for name, value in values.items() if value != before[name]}
            await self._change_one(_update_of(tuple(values)), hero.id, **values)
        else:
            await self._change_one(_UPDATE, hero.id, **values)

    async def remove(self, hero_id: int) -> None:
        await self._change_one(_REMOVE, hero_id)

    async def _change_one(self, statement: Executable, hero_id: int, **values: object) -> None:
        """Change the row. If it exists and was not changed, raise ``StoreRefused``."""
        try:
            await self._exec_one(statement, hero_id, **values)
        except HeroNotFound:
            await self._exec_one(_GET, hero_id)
            raise StoreRefused(SKIPPED) from None


def _column_values(hero: HeroDraft | Hero, *, version: int) -> dict[str, Any]:
    """Return the values of ``_COLUMNS``."""
    return {
        "name": hero.name,
        "secret_name": hero.secret_name,
        "age": hero.age,
        "version": version,
    }
