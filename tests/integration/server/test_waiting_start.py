"""A start waits for another process that has the file locked, longer than SQLite itself does."""

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.integration.sqlite_events import on_statement
from tests.integration.tutorial_database import ROWS, locked, make_tutorial_database, stored
from tests.support.databases import open_sqlite
from tests.support.served import LIMIT


def test_a_migration_that_finds_the_file_locked_is_tried_again_and_done(tmp_path: Path) -> None:
    path = make_tutorial_database(tmp_path / "heroes.db")
    tried_twice_or_over = threading.Event()
    attempts = itertools.count(1)

    def count(statement: str) -> None:
        if statement == "BEGIN IMMEDIATE" and next(attempts) == 2:
            tried_twice_or_over.set()

    with ThreadPoolExecutor(1) as thread:
        with locked(path), on_statement(count):
            migrating = thread.submit(open_sqlite(path).migrate)
            migrating.add_done_callback(lambda _: tried_twice_or_over.set())
            assert tried_twice_or_over.wait(LIMIT)
            assert not migrating.done()

        assert ["0001", "0002"] == migrating.result(LIMIT)[:2]

    assert ROWS == tuple(stored(path))
