"""A database file that can not grow."""

import sqlite3
from pathlib import Path

from tests.integration.sqlite.damaged_files.requests import BODY, assert_unavailable, client_of
from tests.integration.sqlite_events import on_connection
from tests.integration.tutorial_database import stored
from tests.support.databases import migrated_sqlite, open_sqlite


async def test_a_full_database_returns_503_for_writes_until_it_has_space_again(
    tmp_path: Path,
) -> None:
    migrated_sqlite(tmp_path / "heroes.db").dispose()
    connections: list[sqlite3.Connection] = []
    with on_connection(connections.append):
        database = open_sqlite(tmp_path / "heroes.db")
        async with client_of(database) as client:
            existing = (await client.post("/heroes/", json=BODY)).json()
            set_max_pages(connections, 1)
            responses = [await client.post("/heroes/", json=long_body()) for _ in range(40)]
            listed = await client.get("/heroes/")
            set_max_pages(connections, 2**30)
            after = await client.post("/heroes/", json=long_body())

    created = [response.json() for response in responses if response.status_code == 200]
    refused = [response for response in responses if response.status_code != 200]
    assert refused
    for response in refused:
        assert_unavailable(response)
    assert [existing, *created] == listed.json()
    assert 200 == after.status_code
    assert len(created) + 2 == len(stored(tmp_path / "heroes.db"))
    database.dispose()


def set_max_pages(connections: list[sqlite3.Connection], pages: int) -> None:
    """Limit the file's size on all connections; SQLite rounds up to the current size."""
    for connection in connections:
        connection.execute(f"PRAGMA max_page_count={pages}")


def long_body() -> dict[str, str]:
    return {"name": "N" * 255, "secret_name": "S" * 255}
