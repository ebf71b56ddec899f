"""The service has a version table of its own, and leaves that of the user's app as it is."""

from pathlib import Path

import pytest

from adapters.migrations.errors import SchemaMismatch
from adapters.migrations.runner import history
from tests.integration.processes import assert_one_sentence, run
from tests.integration.tutorial_database import connection_to, make_tutorial_database
from tests.release_0_1 import databases as release_0_1
from tests.support.databases import migrated_sqlite

HISTORY = "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"
INSERT = "INSERT INTO alembic_version VALUES ('{}')"


@pytest.mark.parametrize("revision", ["0001", "0004", "0006", "ae1027a6acf"])
def test_a_history_of_the_users_own_is_neither_read_nor_changed(
    tmp_path: Path, revision: str
) -> None:
    theirs = (HISTORY, INSERT.format(revision))
    path = make_tutorial_database(tmp_path / "database.db", more=theirs)

    database = migrated_sqlite(path)

    assert [] == database.pending()
    assert [(revision,)] == rows(path, "SELECT * FROM alembic_version")
    assert [(history()[-1], "0.1")] == rows(path, "SELECT * FROM heroes_schema_version")
    database.dispose()


def test_a_database_of_release_0_1_is_recognized_by_its_tables(tmp_path: Path) -> None:
    path = make_tutorial_database(tmp_path / "database.db")
    release_0_1.migrate(f"sqlite:///{path}")

    database = migrated_sqlite(path)

    assert [] == database.pending()
    assert [("0004",)] == rows(path, "SELECT * FROM alembic_version")
    assert [(history()[-1], "0.1")] == rows(path, "SELECT * FROM heroes_schema_version")
    database.dispose()


def test_a_fresh_database_has_no_alembic_version(tmp_path: Path) -> None:
    path = tmp_path / "heroes.db"
    migrated_sqlite(path).dispose()

    assert [] == rows(path, "SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'")


@pytest.mark.parametrize(
    ("statement", "missing"),
    [
        ("ALTER TABLE hero DROP COLUMN version", "column hero.version"),
        ("ALTER TABLE idempotent_answer DROP COLUMN body_size", "idempotent_answer.body_size"),
        ("DROP TABLE idempotent_answer", "table idempotent_answer"),
    ],
)
def test_the_tables_are_looked_at_and_what_is_missing_is_named(
    tmp_path: Path, statement: str, missing: str
) -> None:
    path = make_tutorial_database(tmp_path / "database.db")
    migrated_sqlite(path).dispose()
    execute(path, statement)

    for command, *options in (["migrate"], ["migrate", "--check"], ["serve"]):
        assert_one_sentence(run(command, path, *options), 1, missing)


def test_a_version_column_of_the_users_own_is_no_evidence(tmp_path: Path) -> None:
    theirs = (
        HISTORY,
        "INSERT INTO alembic_version VALUES ('0002')",
        "ALTER TABLE hero ADD COLUMN version INTEGER NOT NULL DEFAULT 1",
    )
    path = make_tutorial_database(tmp_path / "database.db", more=theirs)

    with pytest.raises(SchemaMismatch, match="already has a column version"):
        migrated_sqlite(path)


def execute(path: Path, *statements: str) -> None:
    with connection_to(path) as connection:
        for statement in statements:
            connection.execute(statement)


def rows(path: Path, statement: str) -> list[tuple[str, ...]]:
    with connection_to(path) as connection:
        return connection.execute(statement).fetchall()
