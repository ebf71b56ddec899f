"""What the single writer of a SQLite file guarantees beyond the contract."""

import asyncio
from pathlib import Path

from domain.hero import HeroDraft, HeroQuery
from tests.support.databases import open_sqlite


async def test_writers_commit_in_fifo_order(tmp_path: Path) -> None:
    database = open_sqlite(tmp_path / "heroes.db")
    database.migrate()

    async def add(name: str) -> None:
        async with database.writing() as uow:
            await uow.heroes.add(HeroDraft(name, "x"))
            await uow.commit()

    names = [f"Hero {number}" for number in range(50)]
    await asyncio.gather(*(add(name) for name in names))

    async with database.reading() as reading:
        assert names == [hero.name for hero in await reading.heroes.page(HeroQuery(limit=100))]
    database.dispose()
