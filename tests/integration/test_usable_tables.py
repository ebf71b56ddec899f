"""A table that could never take a hero, or that lists heroes twice, is refused at the start."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.served import fresh_postgres, invoke
from tests.support.sql import execute

REST = "name VARCHAR NOT NULL, secret_name VARCHAR NOT NULL"
GENERATED = "age INTEGER GENERATED ALWAYS AS (length(name)) STORED"
GREATEST = f"INSERT INTO hero (id, name, secret_name) VALUES ({2**63 - 1}, 'N', 'S')"  # noqa: S608 - a constant

REFUSED = {
    "sqlite": {
        "hero.age is generated": [
            f"CREATE TABLE hero (id INTEGER PRIMARY KEY, {REST}, {GENERATED})"
        ],
        "refers to guild, which does not exist": [
            (
                f"CREATE TABLE hero (id INTEGER PRIMARY KEY, {REST}, age INTEGER,"
                " guild_id INTEGER REFERENCES guild (id))"
            )
        ],
        "greatest id": [
            f"CREATE TABLE hero (id INTEGER PRIMARY KEY, {REST}, age INTEGER)",
            GREATEST,
        ],
        "is not possible: foreign key mismatch": [
            f"CREATE TABLE hero (id INTEGER PRIMARY KEY, {REST}, age INTEGER)",
            "CREATE TABLE guild (leader TEXT REFERENCES hero (name))",
        ],
        "is not possible: no such column: NEW.power": [
            f"CREATE TABLE hero (id INTEGER PRIMARY KEY, {REST}, age INTEGER)",
            "CREATE TABLE audit (power)",
            (
                "CREATE TRIGGER audited AFTER UPDATE OF age ON hero"
                " BEGIN INSERT INTO audit VALUES (NEW.power); END"
            ),
        ],
        "is not possible: no such table: main.missing": [
            f"CREATE TABLE hero (id INTEGER PRIMARY KEY, {REST}, age INTEGER)",
            (
                "CREATE TRIGGER audited AFTER DELETE ON hero"
                " BEGIN INSERT INTO missing VALUES (1); END"
            ),
        ],
        "needs a value for hero.team": [
            (
                f"CREATE TABLE hero (id INTEGER PRIMARY KEY, {REST}, age INTEGER,"
                " team TEXT NOT NULL DEFAULT NULL)"
            )
        ],
    },
    "postgres": {
        "hero.age is generated": [
            f"CREATE TABLE hero (id SERIAL PRIMARY KEY, {REST}, {GENERATED})"
        ],
        "inherit from its table hero": [
            f"CREATE TABLE hero (id SERIAL PRIMARY KEY, {REST}, age INTEGER)",
            "CREATE TABLE villain () INHERITS (hero)",
        ],
        "greatest id": [
            f"CREATE TABLE hero (id BIGSERIAL PRIMARY KEY, {REST}, age INTEGER)",
            GREATEST,
        ],
        "has no sequence": [
            f"CREATE TABLE hero (id SERIAL PRIMARY KEY, {REST}, age INTEGER)",
            "ALTER TABLE hero ALTER id DROP DEFAULT",
        ],
        "NO CYCLE": [
            f"CREATE TABLE hero (id SERIAL PRIMARY KEY, {REST}, age INTEGER)",
            "ALTER SEQUENCE hero_id_seq CYCLE",
        ],
    },
}


@pytest.fixture
def empty_url(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if engine == "sqlite":
        yield f"sqlite:///{tmp_path}/heroes.db"
        return
    with fresh_postgres(request.getfixturevalue("postgres_url")) as url:
        yield url


@pytest.mark.parametrize(
    ("engine", "reason"), [(engine, reason) for engine in REFUSED for reason in REFUSED[engine]]
)
def test_it_is_refused_with_what_to_do(
    tmp_path: Path, empty_url: str, engine: str, reason: str
) -> None:
    execute(empty_url, *REFUSED[engine][reason])

    migrated = invoke(tmp_path, "migrate", database_url=empty_url)

    assert (1, "", 1) == (
        migrated.exit_code,
        migrated.stdout,
        len(migrated.stderr.splitlines()),
    )
    assert reason in migrated.stderr
