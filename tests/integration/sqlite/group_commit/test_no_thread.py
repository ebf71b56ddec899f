"""A batch that the system gives no thread to flush it in fails whole, and later ones do not."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from adapters.sqlite.database import SqliteDatabase
from service_layer.errors import StoreUnavailable
from tests.integration.sqlite.group_commit.units import add, names, outcomes, start


@contextmanager
def no_more_threads() -> Iterator[None]:
    """Start no thread, as when the process has as many as it may."""

    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse)
        yield


async def test_everybody_in_it_is_told_and_later_writes_work(database: SqliteDatabase) -> None:
    with no_more_threads():
        told = await outcomes(start(add(database, "Lost")), start(add(database, "As well")))
    await add(database, "Later")

    assert [StoreUnavailable] * 2 == [type(outcome) for outcome in told]
    assert ["Later"] == await names(database)
