"""A COMMIT that fails, fails everybody it was to carry, whatever they did."""

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
    """Let the first COMMIT be done, and the next one fail on a full disk, but none after it."""
    await wait_all_tasks_blocked()
    held.let_one_go()
    await held.reached()
    with own_disk_full():
        held.let_one_go()
        yield
    held.let_go()


async def test_everybody_in_the_batch_is_told_and_nothing_of_it_is_kept(
    database: SqliteDatabase, path: Path
) -> None:
    kept = [await add(database, name) for name in ("Changed", "Removed")]

    async with first_commit_held(database) as (held, first):
        writing = [
            start(add(database, "Lost")),
            start(change(database, 1, age=48)),
            start(remove(database, 2)),
            start(add(database, "Lost as well")),
        ]
        async with failing(held):
            told = await outcomes(*writing)

    assert [OutcomeUnknown] * len(writing) == [type(outcome) for outcome in told]
    assert [*kept, await first] == await stored(database)
    assert [*kept, await first] == await stored(open_sqlite(path))


async def test_those_that_wait_for_the_next_batch_are_not_touched_and_later_writes_work(
    database: SqliteDatabase,
) -> None:
    assert [] == await names(database)  # by a reader, which keeps what connections share in place

    async with first_commit_held(database) as (held, first):
        lost = start(add(database, "Lost"))
        async with failing(held):
            waiting = start(add(database, "Waiting"))
            (told,) = await outcomes(lost)
        await outcomes(first, waiting)
    await add(database, "Later")

    assert OutcomeUnknown is type(told)
    assert ["First", "Waiting", "Later"] == await names(database)


async def remove_again(database: SqliteDatabase) -> None:
    await remove(database, 1)


async def change_what_is_gone(database: SqliteDatabase) -> None:
    await change(database, 1, age=48)


@pytest.mark.parametrize("refused", [remove_again, change_what_is_gone])
async def test_who_was_refused_for_what_the_batch_had_done_is_told_too(
    database: SqliteDatabase, refused: Any
) -> None:
    kept = await add(database, "Kept")

    async with first_commit_held(database) as (held, first):
        writing = [start(remove(database, 1)), start(refused(database))]
        async with failing(held):
            told = await outcomes(*writing)

    assert [OutcomeUnknown, StoreUnavailable] == [type(outcome) for outcome in told]
    assert [kept, await first] == await stored(database)
    await remove(database, 1)
    with pytest.raises(HeroNotFound):
        await refused(database)


async def test_who_found_nothing_left_to_change_is_told_too(database: SqliteDatabase) -> None:
    kept = await add(database, "Kept")

    async with first_commit_held(database) as (held, first):
        writing = [start(change(database, 1, age=48)), start(change(database, 1, age=48))]
        async with failing(held):
            told = await outcomes(*writing)

    assert [OutcomeUnknown] * 2 == [type(outcome) for outcome in told]
    assert [kept, await first] == await stored(database)


async def test_clients_get_503_instead_of_a_success_or_a_404(database: SqliteDatabase) -> None:
    await add(database, "Kept")
    app = build_app(database)
    calls = [
        Call(app, "POST", "/heroes/", {"name": "Lost", "secret_name": "Unknown"}),
        Call(app, "DELETE", "/heroes/1", None),
        Call(app, "DELETE", "/heroes/1", None),
        Call(app, "PATCH", "/heroes/1", {"age": 48}),
    ]

    async with first_commit_held(database) as (held, _):
        answering = [start(call.run()) for call in calls]
        async with failing(held):
            await outcomes(*answering)

    assert [503] * len(calls) == [call.status for call in calls]
    assert ["Kept", "First"] == await names(database)
