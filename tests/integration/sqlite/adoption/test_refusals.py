"""A file that can not be adopted is refused in one sentence, and left unchanged."""

from pathlib import Path

import pytest

from adapters.migrations.errors import SchemaMismatch
from tests.integration.processes import assert_one_sentence, run
from tests.integration.tutorial_database import connection_to, make_tutorial_database
from tests.support.databases import migrated_sqlite

FOREIGN_TABLES = {
    "a missing column": "CREATE TABLE hero (id INTEGER PRIMARY KEY, name TEXT, age INTEGER)",
    "an id of type text": (
        "CREATE TABLE hero (id TEXT PRIMARY KEY, name TEXT, secret_name TEXT, age INTEGER)"
    ),
    "no primary key": "CREATE TABLE hero (id INTEGER, name TEXT, secret_name TEXT, age INTEGER)",
    "an unrelated version column": (
        "CREATE TABLE hero "
        "(id INTEGER PRIMARY KEY, name TEXT, secret_name TEXT, age INTEGER, version TEXT)"
    ),
    "an id of type BIGINT": (
        "CREATE TABLE hero (id BIGINT NOT NULL, name TEXT, secret_name TEXT, age INTEGER, "
        "PRIMARY KEY (id))"
    ),
    "an id of type INT": (
        "CREATE TABLE hero (id INT NOT NULL, name TEXT, secret_name TEXT, age INTEGER, "
        "PRIMARY KEY (id))"
    ),
    "a descending id": (
        "CREATE TABLE hero (id INTEGER PRIMARY KEY DESC, name TEXT, secret_name TEXT, age INTEGER)"
    ),
    "no rowid": (
        "CREATE TABLE hero (id INTEGER PRIMARY KEY, name TEXT, secret_name TEXT, age INTEGER) "
        "WITHOUT ROWID"
    ),
    "a view": "CREATE VIEW hero AS SELECT 1 AS id, 'a' AS name, 'b' AS secret_name, 2 AS age",
}


@pytest.mark.parametrize("statement", FOREIGN_TABLES.values(), ids=FOREIGN_TABLES)
def test_a_foreign_table_is_refused_and_left_unchanged(tmp_path: Path, statement: str) -> None:
    database = tmp_path / "database.db"
    with connection_to(database) as connection:
        connection.execute(statement)
    content = database.read_bytes()

    with pytest.raises(SchemaMismatch):
        migrated_sqlite(database)

    assert content == database.read_bytes()
    assert [database] == list(tmp_path.iterdir())


def test_serve_refuses_a_foreign_table_in_one_sentence(tmp_path: Path) -> None:
    database = tmp_path / "database.db"
    with connection_to(database) as connection:
        connection.execute(FOREIGN_TABLES["a missing column"])

    ended = run("serve", database)

    assert_one_sentence(ended, 1, "secret_name")


def test_a_database_of_a_newer_version_is_refused_and_left_unchanged(
    tmp_path: Path,
) -> None:
    database = make_tutorial_database(tmp_path / "database.db")
    migrated_sqlite(database).dispose()
    with connection_to(database) as connection:
        connection.execute(
            "UPDATE heroes_schema_version SET version_num = '9999', oldest_release = '99.0'"
        )
    content = database.read_bytes()

    ended = run("migrate", database)

    assert_one_sentence(ended, 1, "9999")
    assert content == database.read_bytes()
