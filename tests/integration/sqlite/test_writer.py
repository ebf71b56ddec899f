"""What the single writer of a SQLite file guarantees beyond the contract."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import delete

from adapters.sql.hero_table import hero_table
from adapters.sql.mistyped import MistypedTables
from adapters.sql.statements import MAY_SCAN
from adapters.sqlite.served.served_file import ServedFile
from adapters.sqlite.session import FileReads, Reader
from domain.hero import HeroDraft, HeroQuery
from service_layer.errors import StoreUnavailable
from tests.support.databases import migrated_sqlite, open_sqlite


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


@pytest.mark.parametrize("may_scan", [False, True], ids=["on the event loop", "in a thread"])
async def test_the_connections_that_read_cannot_write(tmp_path: Path, *, may_scan: bool) -> None:
    path = tmp_path / "heroes.db"
    migrated_sqlite(path).dispose()
    file = ServedFile(path)
    reads = FileReads(file, timeout=1, scan_timeout=1, mistyped=MistypedTables())
    statement = delete(hero_table).execution_options(**{MAY_SCAN: may_scan})

    with pytest.raises(StoreUnavailable, match="read-only"):
        await Reader(reads, "").exec(statement, {})

    reads.close()
    file.close()
