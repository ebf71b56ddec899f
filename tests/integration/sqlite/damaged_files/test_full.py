"""A database file that may grow no more."""

import sqlite3
from pathlib import Path

from tests.integration.sqlite.damaged_files.requests import BODY, assert_unavailable, client_of
from tests.integration.sqlite_events import on_connection
from tests.integration.tutorial_database import stored
from tests.support.databases import migrated_sqlite, open_sqlite


async def test_a_full_database_answers_503_to_what_needs_room_and_recovers(tmp_path: Path) -> None:
    migrated_sqlite(tmp_path / "heroes.db").dispose()
    connections: list[sqlite3.Connection] = []
    with on_connection(connections.append):
        database = open_sqlite(tmp_path / "heroes.db")
        async with client_of(database) as client:
            kept = (await client.post("/heroes/", json=BODY)).json()
            set_most_pages(connections, 1)
            responses = [await client.post("/heroes/", json=long_body()) for _ in range(40)]
            listed = await client.get("/heroes/")
            set_most_pages(connections, 2**30)
            after = await client.post("/heroes/", json=long_body())

    made = [response.json() for response in responses if response.status_code == 200]
    refused = [response for response in responses if response.status_code != 200]
    assert refused
    for response in refused:
        assert_unavailable(response)
    assert [kept, *made] == listed.json()
    assert 200 == after.status_code
    assert len(made) + 2 == len(stored(tmp_path / "heroes.db"))
    database.dispose()


def set_most_pages(connections: list[sqlite3.Connection], pages: int) -> None:
    """Bound the file's size on all connections; SQLite rounds up to the size it has."""
    for connection in connections:
        connection.execute(f"PRAGMA max_page_count={pages}")


def long_body() -> dict[str, str]:
    return {"name": "N" * 255, "secret_name": "S" * 255}
