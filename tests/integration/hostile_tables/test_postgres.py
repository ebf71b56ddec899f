"""Random tables of PostgreSQL are refused and left as they are, or served without an error."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from hypothesis import HealthCheck, event, given, note, settings
from hypothesis import strategies as st

from adapters.database import open_database, open_plain_database
from adapters.plain.connections import EngineOptions
from service_layer.database import Database
from tests.integration.hostile_tables.postgres_tables import postgres_tables
from tests.integration.hostile_tables.serving import EXAMPLES, check_served
from tests.integration.hostile_tables.values import CANARY
from tests.support.served import ask, fresh_postgres, invoke

EMPTY = ("DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
TABLES = """
    SELECT oid::regclass::text FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'm', 'S') ORDER BY 1
"""
ROWS = "SELECT (SELECT each)::text FROM (SELECT * FROM {}) AS each"
COLUMNS = """
    SELECT attrelid::regclass::text, attname, atttypid::regtype::text, attnotnull, attcollation
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    WHERE relnamespace = 'public'::regnamespace ORDER BY 1, 2
"""


@pytest.fixture(scope="module")
def url(postgres_url: str) -> Iterator[str]:
    """The URL of a database whose tables each example replaces."""
    with fresh_postgres(postgres_url) as url:
        yield url


@pytest.mark.timeout(180 + 2 * EXAMPLES)
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(statements=postgres_tables(), session=st.sampled_from(("fast", "fast", "plain")))
async def test_tables_are_refused_and_unchanged_or_served(
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    url: str,
    statements: Sequence[str],
    session: str,
) -> None:
    caplog.clear()
    caplog.set_level("DEBUG", "adapters")
    for statement in await run_statements(url, statements):
        note(statement)
    before = contents(url)

    migrated = await asyncio.to_thread(invoke, tmp_path / "none.db", "migrate", database_url=url)
    note(f"{migrated.output}{migrated.exception!r}")
    event("refused" if migrated.exit_code else f"served, {session}")

    if migrated.exit_code:
        assert (1, "", 1) == (
            migrated.exit_code,
            migrated.stdout,
            len(migrated.stderr.splitlines()),
        )
        assert before == contents(url)
    else:
        await check_served(open_served(url, session), partial(number_of_rows, url))
    assert CANARY not in caplog.text + migrated.output


def open_served(url: str, session: str) -> Database:
    if session == "plain":
        return open_plain_database(url, EngineOptions())
    return open_database(url)


async def run_statements(url: str, statements: Sequence[str]) -> Sequence[str]:
    """Run the statements in an empty schema, and return those that did not fail."""
    done = []
    connection = await asyncpg.connect(url)
    try:
        for statement in EMPTY:
            await connection.execute(statement)
        for statement in statements:
            with suppress(asyncpg.PostgresError):
                await connection.execute(statement)
                done.append(statement)
    finally:
        await connection.close()
    return done


def contents(url: str) -> list[tuple[Any, ...]]:
    """Return the columns and the rows of all tables, views and sequences."""
    rows = [ROWS.format(table) for (table,) in ask(url, TABLES)]
    return [tuple(ask(url, statement)) for statement in (COLUMNS, *rows)]


def number_of_rows(url: str) -> int:
    ((number,),) = ask(url, "SELECT count(*) FROM hero")
    return int(number)
