"""An error waits for the commit of the changes it depends on, and for nothing else."""

from typing import Any

import pytest
from anyio import wait_all_tasks_blocked

from adapters.sqlite.database import SqliteDatabase
from entrypoints.api.app import build_app
from tests.integration.asgi_calls import Call
from tests.integration.sqlite.group_commit.transactions import transactions
from tests.integration.sqlite.group_commit.units import (
    add,
    change,
    first_commit_held,
    names,
    outcomes,
    remove,
    start,
)

MISSING = 999


@pytest.mark.parametrize(
    ("first", "then", "status"),
    [
        (("DELETE", None), ("DELETE", None), 404),
        (("DELETE", None), ("PATCH", {"age": 48}), 404),
        (("PATCH", {"age": 48}), ("PATCH", {"age": 48}), 200),
    ],
    ids=["removed twice", "updated after removal", "updated to equal values"],
)
async def test_a_response_that_depends_on_the_group_waits_for_its_commit(
    database: SqliteDatabase, first: Any, then: Any, status: int
) -> None:
    await add(database, "Existing")
    app = build_app(database)
    calls = [Call(app, method, "/heroes/1", body) for method, body in (first, then)]

    async with first_commit_held(database) as (held, _):
        requests = [start(call.run()) for call in calls]
        await wait_all_tasks_blocked()
        held.release_one()
        await held.reached()
        await wait_all_tasks_blocked()

        assert [[], []] == [call.sent for call in calls]

        held.release()
        await outcomes(*requests)

    assert [200, status] == [call.status for call in calls]


async def remove_a_missing_hero(database: SqliteDatabase) -> None:
    await remove(database, MISSING)


async def change_a_missing_hero(database: SqliteDatabase) -> None:
    await change(database, MISSING, age=48)


async def change_nothing(database: SqliteDatabase) -> None:
    await change(database, 1, name="Existing")


async def leave_without_a_commit(database: SqliteDatabase) -> None:
    async with database.writing() as uow:
        await uow.heroes.remove(1)


NO_CHANGES = [
    remove_a_missing_hero,
    change_a_missing_hero,
    change_nothing,
    leave_without_a_commit,
]


@pytest.mark.parametrize("no_change", NO_CHANGES)
async def test_a_group_without_changes_has_no_commit(
    database: SqliteDatabase, no_change: Any
) -> None:
    await add(database, "Existing")

    with transactions() as statements:
        async with first_commit_held(database) as (held, first):
            refused = [start(no_change(database)) for _ in range(3)]
            await wait_all_tasks_blocked()
            held.release()
            await outcomes(first, *refused)
        await outcomes(start(no_change(database)))

    assert 1 == statements.count("COMMIT")
    await add(database, "Later")
    assert ["Existing", "First", "Later"] == await names(database)


@pytest.mark.parametrize("no_change", NO_CHANGES)
async def test_a_unit_of_work_before_the_first_change_of_the_group_does_not_wait(
    database: SqliteDatabase, no_change: Any
) -> None:
    await add(database, "Existing")

    async with first_commit_held(database) as (held, _):
        refused = start(no_change(database))
        added = start(add(database, "Added"))
        await wait_all_tasks_blocked()
        held.release_one()
        await held.reached()

        await outcomes(refused)
        assert not added.done()

        held.release()
        await outcomes(added)
