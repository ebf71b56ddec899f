"""An event loop that ends while a COMMIT of its units of work is flushed."""

import asyncio
from concurrent import futures
from pathlib import Path

from adapters.sqlite.database import SqliteDatabase
from tests.integration.held_commit import HeldCommit, held_commit
from tests.integration.sqlite.group_commit.units import add, names
from tests.support.databases import open_sqlite
from tests.support.served import LIMIT


async def cancel_during_commit(database: SqliteDatabase, held: HeldCommit) -> None:
    adding = asyncio.create_task(add(database, "Cancelled"))
    await held.reached()
    adding.cancel()
    await asyncio.wait([adding])


def test_the_next_event_loop_can_write(path: Path) -> None:
    database = open_sqlite(path, lock_timeout=1)
    with held_commit() as held, futures.ThreadPoolExecutor(1) as thread:
        first_loop = thread.submit(asyncio.run, cancel_during_commit(database, held))
        is_closed, _ = futures.wait([first_loop], timeout=0.2)
        held.release()
        first_loop.result(LIMIT)
    asyncio.run(add(database, "Next"))
    found = asyncio.run(names(database))
    database.dispose()

    assert not is_closed
    assert ["Cancelled", "Next"] == found
