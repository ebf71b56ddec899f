"""A file that is not the tutorial's is refused in one sentence, and left as it was."""

from pathlib import Path

import pytest

from adapters.migrations.errors import SchemaMismatch
from tests.integration.processes import assert_one_sentence, run
from tests.integration.tutorial_database import connection_to, make_tutorial_database
from tests.support.databases import migrated_sqlite

NOT_THE_TUTORIALS = {
    "a missing column": "CREATE TABLE hero (id INTEGER PRIMARY KEY, name TEXT, age INTEGER)",
    "a text for an id": (
        "CREATE TABLE hero (id TEXT PRIMARY KEY, name TEXT, secret_name TEXT, age INTEGER)"
    ),
    "no primary key": "CREATE TABLE hero (id INTEGER, name TEXT, secret_name TEXT, age INTEGER)",
    "a version of its own": (
        "CREATE TABLE hero "
        "(id INTEGER PRIMARY KEY, name TEXT, secret_name TEXT, age INTEGER, version TEXT)"
    ),
    "a wide id": (
        "CREATE TABLE hero (id BIGINT NOT NULL, name TEXT, secret_name TEXT, age INTEGER, "
        "PRIMARY KEY (id))"
    ),
    "a short id": (
        "CREATE TABLE hero (id INT NOT NULL, name TEXT, secret_name TEXT, age INTEGER, "
        "PRIMARY KEY (id))"
    ),
    "an id that falls": (
        "CREATE TABLE hero (id INTEGER PRIMARY KEY DESC, name TEXT, secret_name TEXT, age INTEGER)"
    ),
    "no row ids": (
        "CREATE TABLE hero (id INTEGER PRIMARY KEY, name TEXT, secret_name TEXT, age INTEGER) "
        "WITHOUT ROWID"
    ),
    "a view": "CREATE VIEW hero AS SELECT 1 AS id, 'a' AS name, 'b' AS secret_name, 2 AS age",
}


@pytest.mark.parametrize("statement", NOT_THE_TUTORIALS.values(), ids=NOT_THE_TUTORIALS)
def test_a_table_that_is_not_the_tutorials_is_refused_and_left_as_it_was(
    tmp_path: Path, statement: str
) -> None:
    database = tmp_path / "database.db"
    with connection_to(database) as connection:
        connection.execute(statement)
    content = database.read_bytes()

    with pytest.raises(SchemaMismatch):
        migrated_sqlite(database)

    assert content == database.read_bytes()
    assert [database] == list(tmp_path.iterdir())


def test_a_refused_table_is_told_in_one_sentence(tmp_path: Path) -> None:
    database = tmp_path / "database.db"
    with connection_to(database) as connection:
        connection.execute(NOT_THE_TUTORIALS["a missing column"])

    ended = run("serve", database)

    assert_one_sentence(ended, 1, "secret_name")


def test_a_database_of_a_newer_version_is_refused_in_one_sentence_and_left_as_it_was(
    tmp_path: Path,
) -> None:
    database = make_tutorial_database(tmp_path / "database.db")
    migrated_sqlite(database).dispose()
    with connection_to(database) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    content = database.read_bytes()

    ended = run("migrate", database)

    assert_one_sentence(ended, 1, "9999")
    assert content == database.read_bytes()
