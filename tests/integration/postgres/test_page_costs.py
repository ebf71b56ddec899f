"""On PostgreSQL a page that an index serves reads little more than itself of many heroes."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest

from adapters.postgres.connections import compile_statement
from adapters.sql.queries import select as queries
from adapters.sql.tables import hero_table
from domain.hero import HeroQuery
from tests.integration.page_costs import CROWD, LIMIT, SERVED, TIED, TIES, called
from tests.support.served import ask, fresh_postgres, invoke

MANY = 30_000
NUMBERS = f"WITH numbers (i) AS (SELECT generate_series(1, {MANY}))"

Node = dict[str, Any]


@pytest.fixture(scope="module")
def crowd(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a database with many heroes, of which the server has a notion."""
    with fresh_postgres(postgres_url) as url:
        invoke(tmp_path_factory.mktemp("migrated") / "none", "migrate", database_url=url)
        ask(url, f"{NUMBERS} {CROWD}", "VACUUM ANALYZE hero")
        yield url


def carried_out(url: str, query: HeroQuery) -> list[Node]:
    """Return the nodes of the plan by which the query was carried out."""
    statement, values = queries.select_page(hero_table, query)
    form = compile_statement(statement)
    explain = f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {form.text}"
    (explained,) = json.loads(asyncio.run(fetched(url, explain, form.bind(values))))
    return list(nodes(explained["Plan"]))


async def fetched(url: str, text: str, arguments: list[Any]) -> str:
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
    """Return how many rows of the table, or of its indexes, the node has looked at."""
    if node["Node Type"] not in {"Index Scan", "Index Only Scan", "Bitmap Index Scan"}:
        return 0
    looked_at = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
    return float(looked_at * node["Actual Loops"])


@pytest.mark.parametrize("query", SERVED, ids=called)
def test_a_page_reads_no_more_than_its_parts(crowd: str, query: HeroQuery) -> None:
    plan = carried_out(crowd, query)

    assert "Seq Scan" not in {node["Node Type"] for node in plan}
    assert sum(map(rows_read, plan)) <= 4 * LIMIT


@pytest.mark.parametrize("query", TIED, ids=called)
def test_a_page_whose_order_no_index_has_reads_what_ties_besides(
    crowd: str, query: HeroQuery
) -> None:
    plan = carried_out(crowd, query)

    assert "Seq Scan" not in {node["Node Type"] for node in plan}
    assert sum(map(rows_read, plan)) <= 4 * LIMIT + 2 * TIES
