"""The teams of a page take one statement, on each engine."""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager

import httpx2
import pytest

from entrypoints.api.app import build_app
from service_layer.database import Database
from tests.contract.conftest import DATABASES, Fixtures

IN_SQL = [each for each in DATABASES if each.id != "fake"]


class Statements:
    """``Spans`` that only records their names."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def is_recording(self) -> bool:
        return True

    @contextmanager
    def span(self, name: str, attributes: Mapping[str, str] | None = None) -> Iterator[None]:
        if "db.collection.name" in (attributes or {}):
            self.names.append(name)
        yield


@pytest.fixture(params=IN_SQL)
async def database(request: Fixtures) -> AsyncIterator[Database]:
    """An empty database, of each kind with statements."""
    async with request.param(request) as database:
        yield database


async def test_a_page_and_a_batch_read_their_teams_with_one_statement(database: Database) -> None:
    hero = {"name": "Deadpond", "secret_name": "Dive Wilson"}
    drafts = [{"name": f"Team {number}", "headquarters": "Bar"} for number in range(50)]
    heroes = [{**hero, "team_id": number % 50 + 1} for number in range(98)]
    statements = Statements()
    transport = httpx2.ASGITransport(build_app(database))
    async with httpx2.AsyncClient(transport=transport, base_url="http://heroes") as client:
        await client.post("/teams/batch", json={"create": drafts})
        database.trace(statements)

        created = await client.post("/heroes/batch?include=team", json={"create": [*heroes, hero]})
        of_the_batch, statements.names = statements.names, []
        page = await client.get("/heroes/?include=team&sort=name")
        of_the_page, statements.names = statements.names, []
        await client.get("/heroes/?include=team&team_id__isnull=true")
        without_teams, statements.names = statements.names, []
        await client.get("/heroes/")

    assert [f"Team {number % 50}" for number in range(98)] == [
        each["team"]["name"] for each in page.json()[:98]
    ]
    assert created.json()["created"] == page.json()
    assert [*["INSERT hero"] * 99, "SELECT team"] == of_the_batch
    assert ["SELECT hero", "SELECT team"] == of_the_page[-2:]
    assert 1 == of_the_page.count("SELECT team")
    assert "SELECT team" not in [*without_teams, *statements.names]
