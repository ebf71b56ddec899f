"""User-defined constraints that roll back or refuse more than one statement."""

from pathlib import Path

import pytest
from anyio import wait_all_tasks_blocked

from adapters.sqlite.database import SqliteDatabase
from service_layer.errors import StoreConflict, StoreRefused, StoreUnavailable
from tests.integration.sqlite.group_commit.transactions import transactions, units_per_commit
from tests.integration.sqlite.group_commit.units import (
    add,
    change,
    first_commit_held,
    names,
    outcomes,
    remove,
    start,
)
from tests.integration.tutorial_database import connection_to

CHECKED_AT_COMMIT = """
    CREATE TABLE guild (leader INTEGER REFERENCES hero (id) DEFERRABLE INITIALLY DEFERRED)
"""
ROLLS_BACK = """
    CREATE TRIGGER no_twins BEFORE INSERT ON hero WHEN NEW.name IN (SELECT name FROM hero)
    BEGIN SELECT RAISE(ROLLBACK, 'there is one of this name'); END
"""


def execute(path: Path, *statements: str) -> None:
    with connection_to(path) as connection:
        for statement in statements:
            connection.execute(statement)


async def test_a_deferred_constraint_fails_the_group_then_only_the_violator(
    database: SqliteDatabase, path: Path
) -> None:
    await add(database, "Leader")
    execute(path, CHECKED_AT_COMMIT, "INSERT INTO guild VALUES (1)")

    with transactions() as statements:
        async with first_commit_held(database) as (held, first):
            others = [start(remove(database, 1)), start(add(database, "Neighbour"))]
            await wait_all_tasks_blocked()
            held.release()
            _, *results = await outcomes(first, *others)
        async with first_commit_held(database) as (held, second):
            again = [start(remove(database, 1)), start(add(database, "Neighbour"))]
            await wait_all_tasks_blocked()
            held.release()
            _, *results_again = await outcomes(second, *again)

    assert [StoreUnavailable] * 2 == [type(outcome) for outcome in results]
    assert StoreConflict is type(results_again[0])
    assert [1, 2, 1, 1, 1] == units_per_commit(statements)
    assert ["Leader", "First", "First", "Neighbour"] == await names(database)


@pytest.mark.parametrize("resolution", ["ROLLBACK", "FAIL", "IGNORE", "REPLACE"])
async def test_a_violated_constraint_is_a_conflict_whatever_its_conflict_clause(
    database: SqliteDatabase, path: Path, resolution: str
) -> None:
    execute(path, "ALTER TABLE hero RENAME TO old")
    columns = f"id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE ON CONFLICT {resolution}"
    execute(path, f"CREATE TABLE hero ({columns}, secret_name TEXT, age INTEGER, version INTEGER)")
    await add(database, "Taken")
    await add(database, "Free")

    async with first_commit_held(database) as (held, first):
        before = start(add(database, "Before"))
        twins = [start(add(database, "Taken")), start(change(database, 2, name="Taken"))]
        await wait_all_tasks_blocked()
        held.release()
        result, other_result, *_ = await outcomes(*twins, first, before)

    assert [StoreConflict] * 2 == [type(result), type(other_result)]
    assert ["Taken", "Free", "First", "Before"] == await names(database)


async def test_a_trigger_that_rolls_back_is_a_conflict_for_the_violator(
    database: SqliteDatabase, path: Path
) -> None:
    execute(path, ROLLS_BACK)
    await add(database, "Taken")

    (alone,) = await outcomes(start(add(database, "Taken")))
    async with first_commit_held(database) as (held, first):
        other, twin = start(add(database, "Neighbour")), start(add(database, "Taken"))
        await wait_all_tasks_blocked()
        held.release()
        result, _, _ = await outcomes(other, twin, first)

    assert StoreRefused is type(alone)
    assert StoreUnavailable is type(result)
    assert ["Taken", "First"] == await names(database)
