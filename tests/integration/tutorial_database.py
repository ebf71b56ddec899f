"""A ``database.db`` as the tutorial's app leaves it, created with plain SQL."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

Row = tuple[int, str, str, int | None]
"""id, name, secret_name, age."""

ID_LAST = (
    "name VARCHAR NOT NULL, secret_name VARCHAR NOT NULL, age INTEGER, id INTEGER NOT NULL, "
    "PRIMARY KEY (id)"
)
"""The columns when the table's class inherits the fields and adds the id."""

ID_FIRST = (
    "id INTEGER NOT NULL, name VARCHAR NOT NULL, secret_name VARCHAR NOT NULL, age INTEGER, "
    "PRIMARY KEY (id)"
)
"""The columns when one class declares them all."""

INDEXES = (
    "CREATE INDEX ix_hero_name ON hero (name)",
    "CREATE INDEX ix_hero_age ON hero (age)",
)

ROWS: Sequence[Row] = (
    (1, "Deadpond", "Dive Wilson", None),
    (2, "Minus", "Before birth", -7),
    (3, " ", "\t", 0),
    (4, "", "", 1),
    (5, "L" * 300, "S" * 300, 2),
    (6, "Nul\0inside", "\0", 3),
    (9, "Ünï 🦸", "After a gap", 2**63 - 1),
)
"""Rows that the tutorial's app accepts; most break today's rules."""


def make_tutorial_database(
    path: Path,
    columns: str = ID_LAST,
    *,
    rows: Sequence[Row] = ROWS,
    more: Sequence[str] = (),
) -> Path:
    """Create the file, and run the user's statements (``more``) after inserting the rows."""
    with connection_to(path) as connection:
        connection.execute(f"CREATE TABLE hero ({columns})")
        for statement in INDEXES:
            connection.execute(statement)
        connection.executemany(
            "INSERT INTO hero (id, name, secret_name, age) VALUES (?, ?, ?, ?)", rows
        )
        for statement in more:
            connection.execute(statement)
    return path


@contextmanager
def connection_to(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a plain ``sqlite3`` connection, and commit at the end."""
    with closing(sqlite3.connect(path, timeout=10)) as connection, connection:
        yield connection


def stored(path: Path) -> Sequence[Row]:
    """Return the heroes in the file, ordered by id, as a fresh connection sees them."""
    with connection_to(path) as connection:
        return connection.execute(
            "SELECT id, name, secret_name, age FROM hero ORDER BY id"
        ).fetchall()


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the write lock, on another connection."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
