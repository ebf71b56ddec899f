"""A PostgreSQL database that can not be adopted is refused in one sentence, and left unchanged."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import Result

from tests.integration.processes import assert_one_sentence, run
from tests.support.served import ask, fresh_postgres, invoke

TABLE = (
    "CREATE TABLE hero (name VARCHAR NOT NULL, secret_name VARCHAR NOT NULL, age INTEGER, "
    "id SERIAL NOT NULL, PRIMARY KEY (id))"
)
A_ROW = "INSERT INTO hero (name, secret_name, age) VALUES ('Deadpond', 'Dive Wilson', 28)"
STORED = "SELECT id, name, secret_name, age FROM hero"
SCHEMA = """SELECT relname::text, relkind::text, attname::text, atttypid::regtype::text
    FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
    WHERE relnamespace = 'public'::regnamespace AND attnum > 0 ORDER BY 1, 3"""

USER_ADDITIONS = {
    "a foreign key": "CREATE TABLE badge (hero_id INTEGER REFERENCES hero (id))",
    "a column": "ALTER TABLE hero ADD COLUMN note TEXT DEFAULT 'none'",
    "a unique index": "CREATE UNIQUE INDEX by_id_and_name ON hero (id, name)",
    "a view": "CREATE VIEW named AS SELECT id, name FROM hero",
    "a generated column": (
        "ALTER TABLE hero ADD COLUMN loud TEXT GENERATED ALWAYS AS (upper(name)) STORED"
    ),
    "a check": "ALTER TABLE hero ADD CHECK (age < 1000000000000)",
}
"""Additions that users may have made to the tutorial's table."""

FOREIGN_TABLES = {
    "a missing column": "CREATE TABLE hero (id SERIAL PRIMARY KEY, name VARCHAR, age INTEGER)",
    "an id of type text": TABLE.replace("SERIAL", "VARCHAR"),
    "no primary key": TABLE.replace(", PRIMARY KEY (id)", ""),
    "ids without a sequence": TABLE.replace("SERIAL", "INTEGER"),
    "an age of type text": TABLE.replace("age INTEGER", "age VARCHAR"),
    "an unrelated version column": TABLE.replace("age INTEGER", "age INTEGER, version VARCHAR"),
    "a view": "CREATE VIEW hero AS SELECT 1 AS id, 'a' AS name, 'b' AS secret_name, 2 AS age",
}


@pytest.fixture
def url(postgres_url: str) -> Iterator[str]:
    """The URL of an empty database."""
    with fresh_postgres(postgres_url) as url:
        yield url


@pytest.mark.parametrize("statement", USER_ADDITIONS.values(), ids=USER_ADDITIONS)
def test_user_additions_are_preserved_or_the_database_is_refused(
    tmp_path: Path, url: str, statement: str
) -> None:
    ask(url, TABLE, A_ROW, statement)
    before, row = ask(url, SCHEMA), ask(url, STORED)

    migrated = invoke(tmp_path, "migrate", database_url=url)

    after = ask(url, SCHEMA)
    if migrated.exit_code:
        assert_refused(migrated)
        assert before == after
    else:
        assert {row[:3] for row in before} <= {row[:3] for row in after}
    assert row == ask(url, STORED)


@pytest.mark.parametrize("statement", FOREIGN_TABLES.values(), ids=FOREIGN_TABLES)
def test_a_foreign_table_is_refused_in_one_sentence_and_left_unchanged(
    tmp_path: Path, url: str, statement: str
) -> None:
    ask(url, statement)
    before = ask(url, SCHEMA)

    migrated = invoke(tmp_path, "migrate", database_url=url)

    assert_refused(migrated)
    assert ": its " in migrated.stderr
    assert before == ask(url, SCHEMA)


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
def test_an_encoding_other_than_utf8_is_refused_in_one_sentence(
    tmp_path: Path, postgres_url: str, encoding: str
) -> None:
    with fresh_postgres(
        postgres_url, f"TEMPLATE template0 LOCALE 'C' ENCODING '{encoding}'"
    ) as url:
        for options in ((), ("--check",)):
            ended = invoke(tmp_path, "migrate", *options, database_url=url)
            assert_refused(ended)
            assert encoding in ended.stderr
        unmigrated = run(
            "serve", tmp_path / "served.db", "--no-migrate", database_url=url, port="0"
        )
        assert_one_sentence(unmigrated, 1, encoding)
        assert [] == ask(url, SCHEMA)


def test_a_refused_table_is_not_served(tmp_path: Path, url: str) -> None:
    ask(url, FOREIGN_TABLES["a missing column"])

    ended = run("serve", tmp_path / "served.db", database_url=url, port="0")

    assert_one_sentence(ended, 1, "secret_name")


def test_a_database_of_a_newer_version_is_refused_in_one_sentence(tmp_path: Path, url: str) -> None:
    invoke(tmp_path, "migrate", database_url=url)
    ask(url, "UPDATE heroes_schema_version SET version_num = '9999', oldest_release = '99.0'")

    migrated = invoke(tmp_path, "migrate", database_url=url)
    checked = invoke(tmp_path, "migrate", "--check", database_url=url)

    assert_refused(migrated)
    assert "9999" in migrated.stderr
    assert (3, "") == (checked.exit_code, checked.stdout)
    assert "9999" in checked.stderr


def assert_refused(ended: Result) -> None:
    assert isinstance(ended.exception, SystemExit)
    assert (1, "") == (ended.exit_code, ended.stdout)
    assert ended.stderr.startswith("heroes: cannot use postgresql://"), ended.stderr
    assert 1 == len(ended.stderr.splitlines()), ended.stderr
