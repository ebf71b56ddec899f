"""A list is counted only if the client prefers a count."""

from pathlib import Path

import httpx2
import pytest

from entrypoints.api.app import build_app
from tests.integration.sqlite_events import on_statement
from tests.support.databases import open_sqlite


@pytest.mark.parametrize(("headers", "counts"), [({}, 0), ({"Prefer": "count=exact"}, 1)])
async def test_a_count_runs_only_if_the_client_prefers_one(
    tmp_path: Path, headers: dict[str, str], counts: int
) -> None:
    database = open_sqlite(tmp_path / "heroes.db")
    database.migrate()
    statements: list[str] = []
    transport = httpx2.ASGITransport(build_app(database))

    with on_statement(statements.append):
        async with httpx2.AsyncClient(transport=transport, base_url="http://heroes") as client:
            response = await client.get("/heroes/?age__gte=18", headers=headers)

    assert 200 == response.status_code
    assert counts == sum("count(" in statement.lower() for statement in statements)
    database.dispose()
