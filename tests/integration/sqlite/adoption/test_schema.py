"""The rest of the tutorial's file is preserved, and its table gets the declared schema."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import alembic.autogenerate
import pytest
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from adapters.migrations.version_table import VERSION_TABLE
from adapters.sql.tables import metadata
from domain.hero import HeroDraft
from tests.integration.sqlite.adoption.adopting import BOTH_ORDERS
from tests.integration.tutorial_database import (
    ID_FIRST,
    ID_LAST,
    connection_to,
    make_tutorial_database,
)
from tests.support.databases import migrated_sqlite

USER_ADDITIONS: Sequence[str] = (
    "CREATE TABLE guild (id INTEGER PRIMARY KEY, name TEXT)",
    "CREATE TABLE badge (hero_id INTEGER REFERENCES hero (id) ON DELETE CASCADE, name TEXT)",
    "CREATE TABLE diary (line TEXT)",
    "ALTER TABLE hero ADD COLUMN note TEXT DEFAULT 'none'",
    "ALTER TABLE hero ADD COLUMN guild_id INTEGER REFERENCES guild (id)",
    "CREATE INDEX by_note ON hero (note)",
    "CREATE UNIQUE INDEX by_id_and_name ON hero (id, name)",
    "CREATE INDEX of_grown_ups ON hero (age) WHERE age >= 18",
    """CREATE TRIGGER on_insert AFTER INSERT ON hero
       BEGIN INSERT INTO diary VALUES ('came ' || new.name); END""",
    "CREATE VIEW named AS SELECT id, name FROM hero WHERE name <> ''",
    "UPDATE hero SET note = 'mine' WHERE id = 1",
    "INSERT INTO badge VALUES (1, 'first')",
)
"""Additions that users may have made to the tutorial's file."""

EASILY_LOST = {
    "descending index": "CREATE INDEX oldest ON hero (age DESC)",
    "collated index": "CREATE INDEX any_case ON hero (name COLLATE NOCASE)",
    "expression index": "CREATE INDEX lower_case ON hero (lower(name))",
    "trigger with another spelling of the table": (
        "CREATE TRIGGER gone AFTER DELETE ON Hero BEGIN SELECT 1; END"
    ),
    "checked column": "ALTER TABLE hero ADD COLUMN grade INTEGER DEFAULT 3 CHECK (grade > 0)",
    "collated column": "ALTER TABLE hero ADD COLUMN alias TEXT COLLATE NOCASE",
    "generated column": "ALTER TABLE hero ADD COLUMN loud TEXT AS (upper(name))",
}


@BOTH_ORDERS
@pytest.mark.parametrize("dropped", [(), ("DROP INDEX ix_hero_age",)])
def test_the_indexes_of_the_tutorial_are_replaced_by_ones_that_end_with_the_id(
    tmp_path: Path, columns: str, dropped: Sequence[str]
) -> None:
    database = make_tutorial_database(tmp_path / "database.db", columns, more=dropped)

    migrated_sqlite(database).dispose()

    expected = {
        "ix_hero_name_id": "CREATE INDEX ix_hero_name_id ON hero (name, id)",
        "ix_hero_age_id": "CREATE INDEX ix_hero_age_id ON hero (age, id)",
    }
    indexes = {name: sql for name, sql in objects(database).items() if name.startswith("ix_hero_")}
    assert expected == indexes


@BOTH_ORDERS
async def test_user_additions_are_preserved_and_still_work(tmp_path: Path, columns: str) -> None:
    path = make_tutorial_database(tmp_path / "database.db", columns, more=USER_ADDITIONS)
    before = objects(path)

    database = migrated_sqlite(path)
    async with database.writing() as uow:
        await uow.heroes.add(HeroDraft("Robin", "Nobody", 3))
        await uow.commit()

    after = objects(path)
    assert without_hero(before) == {name: after.get(name) for name in without_hero(before)}
    with connection_to(path) as connection:
        execute = connection.execute
        assert [("mine",)] == execute("SELECT note FROM hero WHERE id = 1").fetchall()
        assert [("none",)] == execute("SELECT note FROM hero WHERE name = 'Robin'").fetchall()
        assert [(1, "first")] == execute("SELECT * FROM badge").fetchall()
        assert [("came Robin",)] == execute("SELECT * FROM diary").fetchall()
        assert (10, "Robin") in execute("SELECT * FROM named").fetchall()
        references = execute('SELECT "table", "from" FROM pragma_foreign_key_list(\'hero\')')
        assert [("guild", "guild_id")] == references.fetchall()
    database.dispose()


@pytest.mark.parametrize("statement", EASILY_LOST.values(), ids=EASILY_LOST)
def test_a_rebuild_preserves_the_sql_of_user_additions(tmp_path: Path, statement: str) -> None:
    database = make_tutorial_database(tmp_path / "database.db", more=[statement])
    before, clauses_before = objects(database), clauses_of_the_table(database)

    migrated_sqlite(database).dispose()

    after = objects(database)
    assert without_hero(before) == {name: after.get(name) for name in without_hero(before)}
    assert clauses_before == clauses_of_the_table(database)


@pytest.mark.parametrize("columns", [None, ID_LAST, ID_FIRST], ids=["fresh", "last", "first"])
def test_the_migrated_schema_is_the_one_the_tables_declare(
    tmp_path: Path, columns: str | None
) -> None:
    path = tmp_path / "database.db"
    if columns:
        make_tutorial_database(path, columns)
    migrated_sqlite(path).dispose()

    assert [] == schema_differences(path)


def schema_differences(path: Path) -> Sequence[Any]:
    engine = create_engine(f"sqlite:///{path}")
    try:
        with engine.connect() as connection:
            context = MigrationContext.configure(
                connection,
                opts={
                    "compare_type": True,
                    "compare_server_default": True,
                    "version_table": VERSION_TABLE,
                },
            )
            found: Sequence[Any] = alembic.autogenerate.compare_metadata(context, metadata)
            return found
    finally:
        engine.dispose()


def objects(path: Path) -> dict[str, str]:
    with connection_to(path) as connection:
        return dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE sql <> ''"))


OWN_OBJECTS = {"hero", "ix_hero_name", "ix_hero_age"}


def without_hero(found: dict[str, str]) -> dict[str, str]:
    return {name: sql for name, sql in found.items() if name not in OWN_OBJECTS}


def clauses_of_the_table(path: Path) -> set[str]:
    """Return the clauses that are only in the SQL text of the table."""
    sql = objects(path)["hero"]
    return {clause for clause in ("CHECK", "COLLATE NOCASE", "AS (upper(name))") if clause in sql}
