"""A writer that is alone pays nothing for those it might have shared its COMMIT with."""

from adapters.sqlite.database import SqliteDatabase
from tests.integration.sqlite.group_commit.transactions import transactions
from tests.integration.sqlite.group_commit.units import add, names
from tests.support.loops import the_loop


async def test_its_commit_follows_at_once_and_no_timer_is_asked_for(
    database: SqliteDatabase,
) -> None:
    timers = the_loop().timers

    with transactions() as said:
        await add(database, "Only")

    assert timers == the_loop().timers
    assert ["BEGIN IMMEDIATE", "SAVEPOINT unit", "RELEASE unit", "COMMIT"] == said
    assert ["Only"] == await names(database)
