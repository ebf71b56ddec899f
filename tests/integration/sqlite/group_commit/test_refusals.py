"""A refusal waits for what it rests on, and for nothing else."""

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
    ids=["removed again", "changed when it is gone", "changed to what it is"],
)
async def test_an_answer_that_rests_on_a_change_in_the_batch_waits_for_its_commit(
    database: SqliteDatabase, first: Any, then: Any, status: int
) -> None:
    await add(database, "Kept")
    app = build_app(database)
    calls = [Call(app, method, "/heroes/1", body) for method, body in (first, then)]

    async with first_commit_held(database) as (held, _):
        answering = [start(call.run()) for call in calls]
        await wait_all_tasks_blocked()
        held.let_one_go()
        await held.reached()
        await wait_all_tasks_blocked()

        assert [[], []] == [call.sent for call in calls]

        held.let_go()
        await outcomes(*answering)

    assert [200, status] == [call.status for call in calls]


async def remove_what_is_missing(database: SqliteDatabase) -> None:
    await remove(database, MISSING)


async def change_what_is_missing(database: SqliteDatabase) -> None:
    await change(database, MISSING, age=48)


async def change_nothing(database: SqliteDatabase) -> None:
    await change(database, 1, name="Kept")


async def leave_without_a_commit(database: SqliteDatabase) -> None:
    async with database.writing() as uow:
        await uow.heroes.remove(1)


NO_CHANGES = [
    remove_what_is_missing,
    change_what_is_missing,
    change_nothing,
    leave_without_a_commit,
]


@pytest.mark.parametrize("no_change", NO_CHANGES)
async def test_in_a_batch_without_changes_there_is_no_commit(
    database: SqliteDatabase, no_change: Any
) -> None:
    await add(database, "Kept")

    with transactions() as said:
        async with first_commit_held(database) as (held, first):
            refused = [start(no_change(database)) for _ in range(3)]
            await wait_all_tasks_blocked()
            held.let_go()
            await outcomes(first, *refused)
        await outcomes(start(no_change(database)))

    assert 1 == said.count("COMMIT")
    assert ["Kept", "First"] == await names(database)


@pytest.mark.parametrize("no_change", NO_CHANGES)
async def test_one_that_comes_before_the_batchs_first_change_does_not_wait(
    database: SqliteDatabase, no_change: Any
) -> None:
    await add(database, "Kept")

    async with first_commit_held(database) as (held, _):
        refused = start(no_change(database))
        added = start(add(database, "Added"))
        await wait_all_tasks_blocked()
        held.let_one_go()
        await held.reached()

        await outcomes(refused)
        assert not added.done()

        held.let_go()
        await outcomes(added)
