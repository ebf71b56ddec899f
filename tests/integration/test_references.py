"""A column that refers to another table, added by a migration to a table with rows."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations

from adapters.migrations.entity_tables import add_reference
from adapters.migrations.errors import SchemaMismatch
from adapters.sqlite.connections import WRITING, connect
from adapters.sqlite.schema import migrating_engine

TABLES = (
    "CREATE TABLE harbour (id INTEGER PRIMARY KEY)",
    "CREATE TABLE ship (id INTEGER PRIMARY KEY, Captain TEXT)",
    "INSERT INTO harbour VALUES (1)",
    "INSERT INTO ship VALUES (1, 'Ahab')",
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "ships.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in TABLES:
            connection.execute(statement)
    return path


@pytest.fixture
def operations(path: Path) -> Iterator[None]:
    """The context of a migration."""
    with (
        migrating_engine(path).begin() as connection,
        Operations.context(MigrationContext.configure(connection)),
    ):
        yield


@pytest.mark.usefixtures("operations")
def test_a_column_of_the_same_name_is_not_overwritten() -> None:
    with pytest.raises(SchemaMismatch, match=r"a column ship\.captain; rename it"):
        add_reference("ship", "captain", "harbour")


def test_the_reference_holds(path: Path) -> None:
    with (
        migrating_engine(path).begin() as migrated,
        Operations.context(MigrationContext.configure(migrated)),
    ):
        add_reference("ship", "harbour_id", "harbour")

    with closing(connect(path, WRITING)) as connection:
        assert [(1, "Ahab", None)] == connection.execute("SELECT * FROM ship").fetchall()
        connection.execute("UPDATE ship SET harbour_id = 1")
        for statement in ("INSERT INTO ship VALUES (2, 'A', 2)", "DELETE FROM harbour"):
            with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
                connection.execute(statement)
        (plan,) = connection.execute("EXPLAIN QUERY PLAN SELECT 1 FROM ship WHERE harbour_id = 1")
        assert "USING COVERING INDEX ix_ship_harbour_id_id" in plan[3]
