"""A user-defined constraint is preserved, and its violation is a conflict."""

from pathlib import Path

import httpx2

from tests.integration.tutorial_database import connection_to
from tests.support.databases import open_sqlite
from tests.support.served import serve


def test_a_violated_user_constraint_returns_409(tmp_path: Path) -> None:
    hero = {"name": "Deadpond", "secret_name": "Dive Wilson"}
    path = tmp_path / "heroes.db"
    open_sqlite(path).migrate()
    with connection_to(path) as connection:
        connection.execute("CREATE UNIQUE INDEX one_of_a_name ON hero (name)")

    with serve(path) as served, httpx2.Client(base_url=served.url) as client:
        responses = [client.post("/heroes/", json=hero) for _ in range(2)]

    assert [200, 409] == [response.status_code for response in responses]
    assert "application/problem+json" == responses[1].headers["Content-Type"]
