"""The schema is brought up to date when that is asked for, and once."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import asyncpg
import httpx2
import pytest

from adapters.postgres.schema import MIGRATION_LOCK
from tests.integration.processes import run
from tests.support.served import LIMIT, ask, fresh_postgres, invoke, serve

PROCESSES = 6

REVISIONS = ("0001", "0002", "0003", "0004")
APPLIED = "".join(f"Applied migration {revision}.\n" for revision in REVISIONS)
PENDING = "".join(f"Migration {revision} is pending.\n" for revision in REVISIONS)
UP_TO_DATE = "The database is up to date.\n"

TABLES = "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public'"
WAITING = """SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database
    WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()"""


@pytest.fixture
def url(postgres_url: str) -> Iterator[str]:
    """The address of an empty database on the server."""
    with fresh_postgres(postgres_url) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def each_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, a file's and a server's in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/heroes.db"
    given: str = request.getfixturevalue("url")
    return given


def test_a_fresh_database_gets_every_migration_and_then_there_is_nothing_to_do(
    tmp_path: Path, each_url: str
) -> None:
    first = invoke(tmp_path, "migrate", database_url=each_url)
    second = invoke(tmp_path, "migrate", database_url=each_url)

    assert (0, APPLIED, "") == (first.exit_code, first.stdout, first.stderr)
    assert (0, UP_TO_DATE, "") == (second.exit_code, second.stdout, second.stderr)


def test_a_check_tells_what_is_pending_by_its_exit_code_and_names_it(
    tmp_path: Path, each_url: str
) -> None:
    before = invoke(tmp_path, "migrate", "--check", database_url=each_url)
    again = invoke(tmp_path, "migrate", "--check", database_url=each_url)
    invoke(tmp_path, "migrate", database_url=each_url)
    after = invoke(tmp_path, "migrate", "--check", database_url=each_url)

    assert (1, PENDING, "") == (before.exit_code, before.stdout, before.stderr)
    assert (1, PENDING, "") == (again.exit_code, again.stdout, again.stderr)
    assert (0, UP_TO_DATE, "") == (after.exit_code, after.stdout, after.stderr)


def test_a_check_makes_no_file(tmp_path: Path) -> None:
    invoke(tmp_path / "heroes.db", "migrate", "--check")

    assert [] == list(tmp_path.iterdir())


def test_a_check_makes_no_table(tmp_path: Path, url: str) -> None:
    invoke(tmp_path, "migrate", "--check", database_url=url)

    assert [] == ask(url, TABLES)


def test_serving_without_migrating_answers_503_until_the_tables_are_made(
    tmp_path: Path, each_url: str
) -> None:
    hero = {"name": "Deadpond", "secret_name": "Dive Wilson"}
    with (
        serve(tmp_path / "served.db", "--no-migrate", database_url=each_url) as served,
        httpx2.Client(base_url=served.url) as client,
    ):
        refused = [
            client.get("/heroes/"),
            client.get("/heroes/1"),
            client.post("/heroes/", json=hero),
            client.patch("/heroes/1", json={"age": 1}),
            client.delete("/heroes/1"),
        ]
        behind = invoke(tmp_path, "migrate", "--check", database_url=each_url)
        invoke(tmp_path, "migrate", database_url=each_url)
        accepted = client.post("/heroes/", json=hero)

    assert [503] * len(refused) == [response.status_code for response in refused]
    assert {"1"} == {response.headers["retry-after"] for response in refused}
    assert (1, PENDING) == (behind.exit_code, behind.stdout)
    assert (200, 1) == (accepted.status_code, accepted.json()["id"])


async def test_processes_that_migrate_at_once_take_turns_and_apply_each_migration_once(
    tmp_path: Path, url: str
) -> None:
    loop = asyncio.get_running_loop()
    connection = await asyncpg.connect(url)
    with ThreadPoolExecutor(PROCESSES) as threads:
        async with connection.transaction():
            await connection.execute(str(MIGRATION_LOCK))
            migrate = partial(run, "migrate", tmp_path, database_url=url, lock_timeout="0.1")
            runs = [loop.run_in_executor(threads, migrate) for _ in range(PROCESSES)]
            async with asyncio.timeout(LIMIT):
                while await connection.fetchval(WAITING) < PROCESSES:
                    pass
        ended = await asyncio.gather(*runs)
    await connection.close()

    assert [(0, "")] * PROCESSES == [(each.returncode, each.stderr) for each in ended]
    assert [APPLIED, *[UP_TO_DATE] * (PROCESSES - 1)] == sorted(each.stdout for each in ended)
