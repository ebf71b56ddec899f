"""A start waits for a lock of another process, longer than SQLite's busy timeout."""

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.integration.sqlite_events import on_statement
from tests.integration.tutorial_database import ROWS, locked, make_tutorial_database, stored
from tests.support.databases import open_sqlite
from tests.support.served import LIMIT


def test_a_migration_retries_while_the_file_is_locked(tmp_path: Path) -> None:
    path = make_tutorial_database(tmp_path / "heroes.db")
    retried_or_done = threading.Event()
    attempts = itertools.count(1)

    def count(statement: str) -> None:
        if statement == "BEGIN IMMEDIATE" and next(attempts) == 2:
            retried_or_done.set()

    with ThreadPoolExecutor(1) as thread:
        with locked(path), on_statement(count):
            migrating = thread.submit(open_sqlite(path).migrate)
            migrating.add_done_callback(lambda _: retried_or_done.set())
            assert retried_or_done.wait(LIMIT)
            assert not migrating.done()

        assert ["0001", "0002"] == migrating.result(LIMIT)[:2]

    assert ROWS == tuple(stored(path))
