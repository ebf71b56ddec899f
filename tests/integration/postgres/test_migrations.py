"""``heroes migrate`` and ``--check``: each migration is applied once."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import asyncpg
import httpx2
import pytest

from adapters.migrations.runner import history
from adapters.postgres.schema import MIGRATION_LOCK
from tests.integration.processes import run
from tests.support.served import LIMIT, ask, fresh_postgres, invoke, serve

PROCESSES = 6

REVISIONS = history()
APPLIED = "".join(f"Applied migration {revision}.\n" for revision in REVISIONS)
PENDING = "".join(f"Migration {revision} is pending.\n" for revision in REVISIONS)
UP_TO_DATE = "The database is up to date.\n"

TABLES = "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public'"
WAITING_PROCESSES = """SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database
    WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()"""


@pytest.fixture
def url(postgres_url: str) -> Iterator[str]:
    """The URL of an empty PostgreSQL database."""
    with fresh_postgres(postgres_url) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def each_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, on each engine."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/heroes.db"
    given: str = request.getfixturevalue("url")
    return given


def test_migrate_applies_every_migration_once(tmp_path: Path, each_url: str) -> None:
    first = invoke(tmp_path, "migrate", database_url=each_url)
    second = invoke(tmp_path, "migrate", database_url=each_url)

    assert (0, APPLIED, "") == (first.exit_code, first.stdout, first.stderr)
    assert (0, UP_TO_DATE, "") == (second.exit_code, second.stdout, second.stderr)


def test_check_lists_pending_migrations_and_exits_with_1(tmp_path: Path, each_url: str) -> None:
    before = invoke(tmp_path, "migrate", "--check", database_url=each_url)
    again = invoke(tmp_path, "migrate", "--check", database_url=each_url)
    invoke(tmp_path, "migrate", database_url=each_url)
    after = invoke(tmp_path, "migrate", "--check", database_url=each_url)

    assert (1, PENDING, "") == (before.exit_code, before.stdout, before.stderr)
    assert (1, PENDING, "") == (again.exit_code, again.stdout, again.stderr)
    assert (0, UP_TO_DATE, "") == (after.exit_code, after.stdout, after.stderr)


def test_check_creates_no_file(tmp_path: Path) -> None:
    invoke(tmp_path / "heroes.db", "migrate", "--check")

    assert [] == list(tmp_path.iterdir())


def test_check_creates_no_table(tmp_path: Path, url: str) -> None:
    invoke(tmp_path, "migrate", "--check", database_url=url)

    assert [] == ask(url, TABLES)


def test_an_unmigrated_database_returns_503_until_it_is_migrated(
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


async def test_concurrent_migrations_are_serialized_and_apply_each_once(
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
                while await connection.fetchval(WAITING_PROCESSES) < PROCESSES:
                    pass
        results = await asyncio.gather(*runs)
    await connection.close()

    assert [(0, "")] * PROCESSES == [(each.returncode, each.stderr) for each in results]
    assert [APPLIED, *[UP_TO_DATE] * (PROCESSES - 1)] == sorted(each.stdout for each in results)
