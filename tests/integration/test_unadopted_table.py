"""With ``--no-migrate``, no request reads or changes a table that is not adopted."""

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.integration.postgres.test_adoption import TUTORIAL
from tests.integration.tutorial_database import make_tutorial_database
from tests.support.served import fresh_postgres, serve
from tests.support.sql import execute

HERO = {"name": "Deadpond", "secret_name": "Dive Wilson"}
CREATE = {"create": [HERO]}
DELETE = {"delete": [{"id": 1}]}
ROWS = "SELECT id, name, secret_name, age FROM hero ORDER BY id"


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database as the tutorial's app leaves it."""
    if request.param == "sqlite":
        path = make_tutorial_database(tmp_path / "database.db")
        yield f"sqlite:///{path}"
        return
    with fresh_postgres(request.getfixturevalue("postgres_url")) as url:
        execute(url, *TUTORIAL)
        yield url


@pytest.mark.parametrize("session", ["fast", "plain"])
def test_every_request_gets_503_and_the_log_says_why(
    tmp_path: Path, url: str, session: str
) -> None:
    before = execute(url, ROWS)
    served = serve(tmp_path / "served.db", "--no-migrate", database_url=url, session=session)

    with served as server, httpx2.Client(base_url=server.url) as client:
        responses = [
            client.get("/heroes/"),
            client.get("/heroes/1"),
            client.post("/heroes/", json=HERO),
            client.post("/heroes/", json=HERO, headers={"Idempotency-Key": "k"}),
            client.patch("/heroes/1", json={"age": 1}),
            client.delete("/heroes/1"),
            client.post("/heroes/batch", json=CREATE),
            client.post("/heroes/batch", json=DELETE),
        ]

    assert [503] * len(responses) == [response.status_code for response in responses]
    assert before == execute(url, ROWS)
    assert "the schema is not up to date; run the migrations" in server.log.read_text()
