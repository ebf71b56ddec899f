"""On SQLite, the cost of an indexed page does not depend on the number of heroes."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from adapters.postgres.connections import compile_statement as compile_for_postgres
from adapters.sql.hero_repository import SELECT_MISTYPED
from adapters.sql.hero_table import hero_table
from adapters.sql.queries import select as queries
from adapters.sqlite.connections import compile_statement
from domain.hero import HeroQuery
from tests.integration.page_costs import (
    INDEXED,
    INSERT_HEROES,
    MAY_SCAN,
    TIED,
    page_queries,
    query_id,
    sorts,
)
from tests.support.databases import open_sqlite

FEW, MANY = 1_000, 10_000
NUMBERS = "WITH RECURSIVE numbers (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers LIMIT ?)"
BY_AN_INDEX = ("SEARCH hero USING ", "SCAN hero USING INDEX ", "SCAN hero USING COVERING INDEX ")

Connections = dict[int, sqlite3.Connection]


@pytest.fixture(scope="module")
def connections(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connections]:
    """A small database, and one with ten times as many heroes."""
    folder = tmp_path_factory.mktemp("sizes")
    with closing(create_heroes(folder, FEW)) as few, closing(create_heroes(folder, MANY)) as many:
        yield {FEW: few, MANY: many}


def create_heroes(folder: Path, size: int) -> sqlite3.Connection:
    database = open_sqlite(folder / f"{size}.db")
    database.migrate()
    database.dispose()
    connection = sqlite3.connect(folder / f"{size}.db")
    connection.execute(f"{NUMBERS} {INSERT_HEROES}", [size])
    connection.commit()
    return connection


def execute(connection: sqlite3.Connection, query: HeroQuery, prefix: str = "") -> list[tuple[str]]:
    statement, values = queries.select_page(hero_table, query)
    form = compile_statement(statement)
    return connection.execute(prefix + form.text, form.bind(values)).fetchall()


def steps(connection: sqlite3.Connection, query: HeroQuery) -> int:
    """Return how many virtual machine instructions the query takes."""
    executed = []
    connection.set_progress_handler(lambda: executed.append(1), 1)
    execute(connection, query)
    connection.set_progress_handler(None, 0)
    return len(executed)


@pytest.mark.parametrize("query", [*INDEXED, *TIED], ids=query_id)
def test_an_indexed_page_takes_constant_steps(connections: Connections, query: HeroQuery) -> None:
    among_few, among_many = (steps(connections[size], query) for size in (FEW, MANY))

    assert among_many <= 1.1 * among_few


@pytest.mark.parametrize("query", page_queries(sorts("age", "id")), ids=query_id)
def test_a_full_page_does_not_read_the_rows_after_it(
    connections: Connections, query: HeroQuery
) -> None:
    connection = connections[MANY]
    taken = steps(connection, query)
    connection.execute("DELETE FROM hero WHERE age IS NULL")
    taken_without_nulls = steps(connection, query)
    connection.rollback()

    assert taken <= 1.1 * taken_without_nulls


@pytest.mark.parametrize("query", [*INDEXED, *TIED], ids=query_id)
def test_a_page_is_read_through_an_index(connections: Connections, query: HeroQuery) -> None:
    plan = [line for *_, line in execute(connections[MANY], query, "EXPLAIN QUERY PLAN ")]

    scans = [line for line in plan if " hero" in line]
    by_the_id = ["SCAN hero"] if query.sort[0].field == "id" and not query.filters else []
    assert scans
    assert all(line.startswith(BY_AN_INDEX) or line in by_the_id for line in scans), plan


@pytest.mark.parametrize("query", INDEXED, ids=query_id)
def test_an_indexed_page_is_read_on_the_event_loop(query: HeroQuery) -> None:
    statement, _ = queries.select_page(hero_table, query)

    assert not compile_statement(statement).may_scan


@pytest.mark.parametrize("query", [*TIED, *MAY_SCAN], ids=query_id)
def test_a_page_that_may_scan_is_read_in_a_thread(query: HeroQuery) -> None:
    statement, _ = queries.select_page(hero_table, query)

    assert compile_statement(statement).may_scan


def test_a_count_is_run_in_a_thread() -> None:
    statement, _ = queries.select_count(hero_table, HeroQuery(limit=0))

    assert compile_statement(statement).may_scan


def test_a_search_for_mistyped_values_is_run_in_a_thread() -> None:
    assert compile_statement(SELECT_MISTYPED).may_scan
    assert not compile_for_postgres(SELECT_MISTYPED).may_scan  # some searches of an index
