"""Nothing is counted for a list unless the client would rather have a count."""

from pathlib import Path

import httpx2
import pytest

from entrypoints.api.app import build_app
from tests.integration.sqlite_events import on_statement
from tests.support.databases import open_sqlite


@pytest.mark.parametrize(("headers", "counts"), [({}, 0), ({"Prefer": "count=exact"}, 1)])
async def test_as_many_counts_are_run_as_are_asked_for(
    tmp_path: Path, headers: dict[str, str], counts: int
) -> None:
    database = open_sqlite(tmp_path / "heroes.db")
    database.migrate()
    said: list[str] = []
    transport = httpx2.ASGITransport(build_app(database))

    with on_statement(said.append):
        async with httpx2.AsyncClient(transport=transport, base_url="http://heroes") as client:
            response = await client.get("/heroes/?age__gte=18", headers=headers)

    assert 200 == response.status_code
    assert counts == sum("count(" in statement.lower() for statement in said)
    database.dispose()
