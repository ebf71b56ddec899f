"""The heroes in SQL: the statements, built once, and the way between a row and a hero.

The table's columns stand in the order of a hero's fields.
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

OR_ABORT = "OR ABORT"
"""Lets a broken constraint undo the statement, and no more.

A constraint of the user's may otherwise undo the whole transaction, which others share, or leave
out the statement without a word.
"""

_SET = ("name", "secret_name", "age", "version")
_VALUES: Mapping[str, Any] = {name: bindparam(name) for name in _SET}
_THIS_ONE = hero_table.c.id == bindparam("this_id")

_GET = select(hero_table).where(_THIS_ONE)
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
    .where(_THIS_ONE)
    .returning(hero_table.c.id)
)
_REMOVE = delete(hero_table).where(_THIS_ONE).returning(hero_table.c.id)


class SqlHeroReader:
    """``HeroReader`` in SQL."""

    _get = _GET

    def __init__(self, executor: SqlExecutor) -> None:
        self._executor = executor

    async def get(self, hero_id: int) -> Hero:
        return Hero(*await self._one(self._get, hero_id))

    async def page(self, query: HeroQuery) -> Sequence[Hero]:
        rows = await queries.fetch_page(self._executor, hero_table, query)
        return list(starmap(Hero, rows))

    async def count(self, query: HeroQuery) -> int:
        ((heroes,),) = await self._executor.exec(*queries.select_count(hero_table, query))
        return int(heroes)

    async def _one(self, statement: Executable, hero_id: int, **values: object) -> Any:
        if hero_id in IDS:
            for row in await self._executor.exec(statement, {"this_id": hero_id, **values}):
                return row
        raise HeroNotFound(hero_id)


class SqlHeroRepository(SqlHeroReader):
    """``HeroRepository`` in SQL, within a transaction. What it gets it locks, where rows can be."""

    _get = _GET.with_for_update()

    async def add(self, draft: HeroDraft) -> Hero:
        (row,) = await self._executor.exec(_ADD, _values(draft, version=1))
        return Hero(*row)

    async def update(self, hero: Hero) -> None:
        await self._one(_UPDATE, hero.id, **_values(hero, version=hero.version))

    async def remove(self, hero_id: int) -> None:
        await self._one(_REMOVE, hero_id)


def _values(hero: HeroDraft | Hero, *, version: int) -> dict[str, Any]:
    """Return what a row is to hold; ``_SET`` names the same."""
    return {
        "name": hero.name,
        "secret_name": hero.secret_name,
        "age": hero.age,
        "version": version,
    }
