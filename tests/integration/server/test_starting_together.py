"""Processes that start concurrently on one file serialize their migrations."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import httpx2
import pytest

from tests.integration.processes import Ended, run, wait_until_open
from tests.integration.tutorial_database import ROWS, locked, make_tutorial_database, stored
from tests.support.served import Served, serve

SERVERS = 4
MIGRATIONS = 2


@pytest.mark.parametrize("rows", [[], ROWS], ids=["fresh", "tutorial"])
def test_all_processes_start_and_each_migration_is_applied_once(
    tmp_path: Path, rows: Sequence[object]
) -> None:
    database = tmp_path / "database.db"
    if rows:
        make_tutorial_database(database)

    with ExitStack() as servers:
        served, migrations = start_all(database, servers)
        pages = [httpx2.get(f"{each.url}/heroes/", timeout=10) for each in served]
        created = [add_a_hero(each) for each in served]

    assert SERVERS == len(served)
    assert [(0, "")] * MIGRATIONS == [(ended.returncode, ended.stderr) for ended in migrations]
    assert [200] * SERVERS == [page.status_code for page in pages]
    assert [len(rows)] * SERVERS == [len(page.json()) for page in pages]
    assert list(rows) == stored(database)[: len(rows)]
    assert created == [hero_id for hero_id, *_ in stored(database)[len(rows) :]]
    output = served[0].output() + "".join(ended.stdout for ended in migrations)
    assert 1 == output.count("Applied migration 0001.")
    assert 1 == output.count("Applied migration 0002.")
    assert "Traceback" not in output


def start_all(database: Path, servers: ExitStack) -> tuple[list[Served], list[Ended]]:
    """Start the processes, and release the lock on the file once each has it open.

    The stack stops the servers.
    """

    def start(_: int) -> Served:
        return servers.enter_context(serve(database))

    with ThreadPoolExecutor(SERVERS + MIGRATIONS) as threads, locked(database):
        starting = [threads.submit(start, number) for number in range(SERVERS)]
        migrating = [threads.submit(run, "migrate", database) for _ in range(MIGRATIONS)]
        wait_until_open(database, SERVERS + MIGRATIONS)
    return [each.result() for each in starting], [each.result() for each in migrating]


def add_a_hero(served: Served) -> int:
    body = {"name": "Newcomer", "secret_name": served.url}
    response = httpx2.post(f"{served.url}/heroes/", json=body, timeout=10)
    assert 200 == response.status_code
    hero_id: int = response.json()["id"]
    return hero_id
