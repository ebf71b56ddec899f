"""On PostgreSQL, an indexed page reads hardly more rows than it returns."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest

from adapters.postgres.connections import compile_statement
from adapters.sql.hero_table import hero_table
from adapters.sql.queries import select as queries
from domain.hero import HeroQuery
from tests.integration.page_costs import INDEXED, INSERT_HEROES, LIMIT, TIED, TIES, query_id
from tests.support.served import ask, fresh_postgres, invoke

MANY = 30_000
NUMBERS = f"WITH numbers (i) AS (SELECT generate_series(1, {MANY}))"

Node = dict[str, Any]


@pytest.fixture(scope="module")
def many_heroes(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a database with many heroes, with statistics."""
    with fresh_postgres(postgres_url) as url:
        invoke(tmp_path_factory.mktemp("migrated") / "none", "migrate", database_url=url)
        ask(url, f"{NUMBERS} {INSERT_HEROES}", "VACUUM ANALYZE hero")
        yield url


def executed_plan(url: str, query: HeroQuery) -> list[Node]:
    """Run the query with EXPLAIN ANALYZE, and return the nodes of its plan."""
    statement, values = queries.select_page(hero_table, query)
    form = compile_statement(statement)
    explain = f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {form.text}"
    (explained,) = json.loads(asyncio.run(fetch_value(url, explain, form.bind(values))))
    return list(nodes(explained["Plan"]))


async def fetch_value(url: str, text: str, arguments: list[Any]) -> str:
    connection = await asyncpg.connect(url)
    try:
        return str(await connection.fetchval(text, *arguments))
    finally:
        await connection.close()


def nodes(node: Node) -> Iterator[Node]:
    yield node
    for child in node.get("Plans", ()):
        yield from nodes(child)


def rows_read(node: Node) -> float:
    """Return how many rows of the table, or of an index, the node has read."""
    if node["Node Type"] not in {"Index Scan", "Index Only Scan", "Bitmap Index Scan"}:
        return 0
    rows = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
    return float(rows * node["Actual Loops"])


@pytest.mark.parametrize("query", INDEXED, ids=query_id)
def test_an_indexed_page_reads_only_its_index_ranges(many_heroes: str, query: HeroQuery) -> None:
    plan = executed_plan(many_heroes, query)

    assert "Seq Scan" not in {node["Node Type"] for node in plan}
    assert sum(map(rows_read, plan)) <= 4 * LIMIT


@pytest.mark.parametrize("query", TIED, ids=query_id)
def test_a_page_sorted_by_more_than_its_index_also_reads_the_ties(
    many_heroes: str, query: HeroQuery
) -> None:
    plan = executed_plan(many_heroes, query)

    assert "Seq Scan" not in {node["Node Type"] for node in plan}
    assert sum(map(rows_read, plan)) <= 4 * LIMIT + 2 * TIES
