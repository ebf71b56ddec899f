"""Release 0.1 works on a database that it created and that the present release has migrated."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text

from adapters.database import open_database
from adapters.migrations.runner import history
from tests.release_0_1 import databases, runner, statements
from tests.release_0_1.databases import run
from tests.support.served import fresh_postgres
from tests.support.sql import execute

HERO = {"name": "Deadpond", "secret_name": "Dive Wilson", "age": None}
CLAIM = {"key": "8e03978e", "fingerprint": b"\0" * 32, "now": 1}
RESPONSE = {"key": "8e03978e", "status": 200, "headers": "[]", "body": b"{}", "expires": 9}


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database that release 0.1 has created and the present release has migrated."""
    if request.param == "sqlite":
        path = tmp_path / "heroes.db"
        path.touch()
        migrate_twice(f"sqlite:///{path}")
        yield f"sqlite:///{path}"
        return
    with fresh_postgres(request.getfixturevalue("postgres_url")) as url:
        migrate_twice(url)
        yield url


def migrate_twice(url: str) -> None:
    assert ["0001", "0002", "0003", "0004"] == databases.migrate(url)
    assert history()[-1] == open_database(url).migrate()[-1]


def rows(connection: Connection, statement: str, **params: object) -> list[tuple[Any, ...]]:
    result = connection.execute(text(statement), params)
    return [tuple(row) for row in result] if result.returns_rows else []


def test_release_0_1_finds_its_own_revision_and_nothing_to_do(url: str) -> None:
    assert [] == run(url, runner.apply)
    assert [("0004",)] == execute(url, "SELECT version_num FROM alembic_version")


def test_the_statements_of_release_0_1_work(url: str) -> None:
    stored = (1, *HERO.values(), 1)

    def use_heroes(connection: Connection) -> None:
        assert [stored] == rows(connection, statements.ADD, **HERO)
        assert [stored] == rows(connection, statements.GET, hero_id=1)
        assert [(1,)] == rows(connection, statements.UPDATE, hero_id=1, age=7)
        assert [(*stored[:3], 7, 2)] == rows(connection, statements.LIST)
        assert [(1,)] == rows(connection, statements.COUNT)
        assert [(1,)] == rows(connection, statements.REMOVE, hero_id=1)

    run(url, use_heroes)


def test_release_0_1_stores_and_replays_responses(url: str) -> None:
    def use_keys(connection: Connection) -> None:
        assert [("8e03978e",)] == rows(connection, statements.CLAIM, **CLAIM)
        rows(connection, statements.SAVE, **RESPONSE)
        assert [] == rows(connection, statements.CLAIM, **CLAIM)
        assert [(b"\0" * 32, 200, "[]", b"{}")] == rows(
            connection, statements.REPLAY, key="8e03978e"
        )
        rows(connection, statements.PRUNE, now=9)
        assert [] == rows(connection, statements.REPLAY, key="8e03978e")

    run(url, use_keys)
