"""Indexes of the user's own stay, whatever their names. Those of the tutorial are replaced."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.served import fresh_postgres, invoke
from tests.support.sql import execute

COLUMNS = "name VARCHAR NOT NULL, secret_name VARCHAR NOT NULL, age INTEGER"
TABLES = {
    "sqlite": f"CREATE TABLE hero (id INTEGER PRIMARY KEY, {COLUMNS})",
    "postgres": f"CREATE TABLE hero (id SERIAL PRIMARY KEY, {COLUMNS})",
}
NAMES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = 'hero'",
    "postgres": "SELECT indexname::text FROM pg_indexes WHERE tablename = 'hero'",
}
OURS = {"ix_hero_name_id", "ix_hero_age_id"}


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def url(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database with the tutorial's table, without its indexes."""
    if engine == "sqlite":
        url = f"sqlite:///{tmp_path}/heroes.db"
        execute(url, TABLES[engine])
        yield url
        return
    with fresh_postgres(request.getfixturevalue("postgres_url")) as url:
        execute(url, TABLES[engine])
        yield url


@pytest.mark.parametrize(
    "index",
    [
        "CREATE UNIQUE INDEX ix_hero_name ON hero (name)",
        "CREATE INDEX ix_hero_name ON hero (name) WHERE age > 17",
        "CREATE INDEX ix_hero_name ON hero (lower(name))",
        "CREATE INDEX ix_hero_name ON hero (secret_name, name)",
    ],
)
def test_an_index_of_the_users_own_stays(tmp_path: Path, url: str, engine: str, index: str) -> None:
    execute(url, index)

    migrated = invoke(tmp_path, "migrate", database_url=url)

    assert (0, "") == (migrated.exit_code, migrated.stderr)
    assert OURS | {"ix_hero_name"} <= names(url, engine)


def test_the_indexes_of_the_tutorial_are_replaced(tmp_path: Path, url: str, engine: str) -> None:
    execute(
        url,
        "CREATE INDEX ix_hero_name ON hero (name)",
        "CREATE INDEX ix_hero_age ON hero (age)",
    )

    invoke(tmp_path, "migrate", database_url=url)

    assert {"ix_hero_name", "ix_hero_age"}.isdisjoint(names(url, engine))
    assert names(url, engine) >= OURS


@pytest.mark.parametrize(
    "index",
    [
        "CREATE INDEX ix_hero_name_id ON hero (age)",
        "CREATE UNIQUE INDEX ix_hero_name_id ON hero (name, id)",
        "CREATE INDEX ix_hero_age_id ON hero (age, id) WHERE age > 17",
    ],
)
def test_another_index_with_the_name_of_ours_is_refused(
    tmp_path: Path, url: str, index: str
) -> None:
    execute(url, index)

    migrated = invoke(tmp_path, "migrate", database_url=url)

    assert (1, "") == (migrated.exit_code, migrated.stdout)
    assert "rename it" in migrated.stderr


def names(url: str, engine: str) -> set[str]:
    return {name for (name,) in execute(url, NAMES[engine])}
