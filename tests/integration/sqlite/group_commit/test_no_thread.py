"""A commit group fails if no thread can be started to flush it; later groups succeed."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from anyio import wait_all_tasks_blocked

from adapters.sqlite.database import SqliteDatabase
from service_layer.errors import StoreUnavailable
from tests.integration.held_commit import held_commit
from tests.integration.sqlite.group_commit.units import add, names, outcomes, start


@contextmanager
def no_more_threads() -> Iterator[None]:
    """Make every start of a thread fail, as at the process limit."""

    def fail_to_start(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(threading.Thread, "start", fail_to_start)
        yield


async def test_every_unit_of_work_of_the_group_fails_and_later_writes_work(
    database: SqliteDatabase,
) -> None:
    with no_more_threads():
        results = await outcomes(start(add(database, "Lost")), start(add(database, "As well")))
    with held_commit() as held:  # a thread that starts now also gets the COMMIT of the lost ones
        later = start(add(database, "Later"))
        await held.reached()
        await wait_all_tasks_blocked()
        held.release()
        await outcomes(later)

    assert [StoreUnavailable] * 2 == [type(outcome) for outcome in results]
    assert ["Later"] == await names(database)
