"""A single writer does not wait for others to share its COMMIT."""

from adapters.sqlite.database import SqliteDatabase
from tests.integration.sqlite.group_commit.transactions import transactions
from tests.integration.sqlite.group_commit.units import add, names
from tests.support.loops import the_loop


async def test_a_single_writer_commits_at_once_and_starts_no_timer(
    database: SqliteDatabase,
) -> None:
    timers = the_loop().timers

    with transactions() as statements:
        await add(database, "Only")

    assert timers == the_loop().timers
    assert ["BEGIN IMMEDIATE", "SAVEPOINT unit", "RELEASE unit", "COMMIT"] == statements
    assert ["Only"] == await names(database)
