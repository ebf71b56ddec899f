"""A COMMIT that fails, fails every unit of work of its group."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from anyio import wait_all_tasks_blocked

from adapters.sqlite.database import SqliteDatabase
from domain.hero import HeroNotFound
from entrypoints.api.app import build_app
from service_layer.errors import OutcomeUnknown, StoreUnavailable
from tests.integration.asgi_calls import Call
from tests.integration.disk_limits import own_disk_full
from tests.integration.held_commit import HeldCommit
from tests.integration.sqlite.group_commit.units import (
    add,
    change,
    first_commit_held,
    names,
    outcomes,
    remove,
    start,
    stored,
)
from tests.support.databases import open_sqlite


@asynccontextmanager
async def failing(held: HeldCommit) -> AsyncIterator[None]:
    """Let the first COMMIT succeed and the second fail on a full disk; later ones succeed again."""
    await wait_all_tasks_blocked()
    held.release_one()
    await held.reached()
    with own_disk_full():
        held.release_one()
        yield
    held.release()


async def test_every_unit_of_work_of_the_group_raises_outcome_unknown(
    database: SqliteDatabase, path: Path
) -> None:
    existing = [await add(database, name) for name in ("Changed", "Removed")]

    async with first_commit_held(database) as (held, first):
        writing = [
            start(add(database, "Lost")),
            start(change(database, 1, age=48)),
            start(remove(database, 2)),
            start(add(database, "Lost as well")),
        ]
        async with failing(held):
            results = await outcomes(*writing)

    assert [OutcomeUnknown] * len(writing) == [type(outcome) for outcome in results]
    assert [*existing, await first] == await stored(database)
    assert [*existing, await first] == await stored(open_sqlite(path))


async def test_units_of_work_of_the_next_group_are_unaffected(
    database: SqliteDatabase,
) -> None:
    assert [] == await names(database)  # a reader keeps the shared memory of the WAL open

    async with first_commit_held(database) as (held, first):
        lost = start(add(database, "Lost"))
        async with failing(held):
            waiting = start(add(database, "Waiting"))
            (result,) = await outcomes(lost)
        await outcomes(first, waiting)
    await add(database, "Later")

    assert OutcomeUnknown is type(result)
    assert ["First", "Waiting", "Later"] == await names(database)


async def remove_again(database: SqliteDatabase) -> None:
    await remove(database, 1)


async def change_the_removed(database: SqliteDatabase) -> None:
    await change(database, 1, age=48)


@pytest.mark.parametrize("failing_unit", [remove_again, change_the_removed])
async def test_an_error_that_depends_on_the_group_becomes_store_unavailable(
    database: SqliteDatabase, failing_unit: Any
) -> None:
    existing = await add(database, "Existing")

    async with first_commit_held(database) as (held, first):
        writing = [start(remove(database, 1)), start(failing_unit(database))]
        async with failing(held):
            results = await outcomes(*writing)

    assert [OutcomeUnknown, StoreUnavailable] == [type(outcome) for outcome in results]
    assert [existing, await first] == await stored(database)
    await remove(database, 1)
    with pytest.raises(HeroNotFound):
        await failing_unit(database)


async def test_an_update_without_changes_in_the_group_raises_outcome_unknown(
    database: SqliteDatabase,
) -> None:
    existing = await add(database, "Existing")

    async with first_commit_held(database) as (held, first):
        writing = [start(change(database, 1, age=48)), start(change(database, 1, age=48))]
        async with failing(held):
            results = await outcomes(*writing)

    assert [OutcomeUnknown] * 2 == [type(outcome) for outcome in results]
    assert [existing, await first] == await stored(database)


async def test_clients_get_503_instead_of_200_or_404(database: SqliteDatabase) -> None:
    await add(database, "Existing")
    app = build_app(database)
    calls = [
        Call(app, "POST", "/heroes/", {"name": "Lost", "secret_name": "Unknown"}),
        Call(app, "DELETE", "/heroes/1", None),
        Call(app, "DELETE", "/heroes/1", None),
        Call(app, "PATCH", "/heroes/1", {"age": 48}),
    ]

    async with first_commit_held(database) as (held, _):
        requests = [start(call.run()) for call in calls]
        async with failing(held):
            await outcomes(*requests)

    assert [503] * len(calls) == [call.status for call in calls]
    assert ["Existing", "First"] == await names(database)
