"""On SQLite every page that an index serves costs the same, however many heroes there are."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from adapters.sql.queries import select as queries
from adapters.sql.tables import hero_table
from adapters.sqlite.connections import compile_statement
from domain.hero import HeroQuery
from tests.integration.page_costs import CROWD, MAY_SCAN, SERVED, TIED, called
from tests.support.databases import open_sqlite

FEW, MANY = 1_000, 10_000
NUMBERS = "WITH RECURSIVE numbers (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers LIMIT ?)"
BY_AN_INDEX = ("SEARCH hero USING ", "SCAN hero USING INDEX ", "SCAN hero USING COVERING INDEX ")

Crowds = dict[int, sqlite3.Connection]


@pytest.fixture(scope="module")
def crowds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crowds]:
    """A database with few heroes, and one with ten times as many."""
    folder = tmp_path_factory.mktemp("crowds")
    with closing(crowd(folder, FEW)) as few, closing(crowd(folder, MANY)) as many:
        yield {FEW: few, MANY: many}


def crowd(folder: Path, size: int) -> sqlite3.Connection:
    database = open_sqlite(folder / f"{size}.db")
    database.migrate()
    database.dispose()
    connection = sqlite3.connect(folder / f"{size}.db")
    connection.execute(f"{NUMBERS} {CROWD}", [size])
    connection.commit()
    return connection


def carry_out(connection: sqlite3.Connection, query: HeroQuery, how: str = "") -> list[tuple[str]]:
    statement, values = queries.select_page(hero_table, query)
    form = compile_statement(statement)
    return connection.execute(how + form.text, form.bind(values)).fetchall()


def steps(connection: sqlite3.Connection, query: HeroQuery) -> int:
    """Return how many instructions of SQLite's machine the query takes."""
    taken = []
    connection.set_progress_handler(lambda: taken.append(1), 1)
    carry_out(connection, query)
    connection.set_progress_handler(None, 0)
    return len(taken)


@pytest.mark.parametrize("query", [*SERVED, *TIED], ids=called)
def test_a_page_takes_as_many_steps_among_many_as_among_few(
    crowds: Crowds, query: HeroQuery
) -> None:
    among_few, among_many = (steps(crowds[size], query) for size in (FEW, MANY))

    assert among_many <= 1.1 * among_few


@pytest.mark.parametrize("query", [*SERVED, *TIED], ids=called)
def test_a_page_is_found_by_an_index(crowds: Crowds, query: HeroQuery) -> None:
    plan = [line for *_, line in carry_out(crowds[MANY], query, "EXPLAIN QUERY PLAN ")]

    readings = [line for line in plan if " hero" in line]
    by_the_id = ["SCAN hero"] if query.sort[0].field == "id" and not query.filters else []
    assert readings
    assert all(line.startswith(BY_AN_INDEX) or line in by_the_id for line in readings), plan


@pytest.mark.parametrize("query", SERVED, ids=called)
def test_a_page_that_an_index_has_is_read_on_the_event_loop(query: HeroQuery) -> None:
    statement, _ = queries.select_page(hero_table, query)

    assert not compile_statement(statement).may_scan


@pytest.mark.parametrize("query", [*TIED, *MAY_SCAN], ids=called)
def test_a_page_that_may_take_long_is_not(query: HeroQuery) -> None:
    statement, _ = queries.select_page(hero_table, query)

    assert compile_statement(statement).may_scan


def test_nor_is_a_count() -> None:
    statement, _ = queries.select_count(hero_table, HeroQuery(limit=0))

    assert compile_statement(statement).may_scan
