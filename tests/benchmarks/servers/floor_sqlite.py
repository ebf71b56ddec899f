"""The floor's statements on SQLite: one connection, on the event loop, in WAL mode.

Each write has its own COMMIT, and is flushed before the response (``synchronous=FULL``).
"""

import sqlite3
from typing import Any

from tests.benchmarks.servers.connections import sqlite_path

TABLE = """
CREATE TABLE hero (
    id INTEGER PRIMARY KEY, name VARCHAR NOT NULL, secret_name VARCHAR NOT NULL, age INTEGER
);
CREATE INDEX ix_hero_name ON hero (name);
CREATE INDEX ix_hero_age ON hero (age);
"""
COLUMNS = "name, secret_name, age, id"
GET = f"SELECT {COLUMNS} FROM hero WHERE id = ?"
PAGE = f"SELECT {COLUMNS} FROM hero ORDER BY id LIMIT ? OFFSET ?"
ADD = f"INSERT INTO hero (name, secret_name, age) VALUES (?, ?, ?) RETURNING {COLUMNS}"
CHANGE = f"UPDATE hero SET {{}} WHERE id = ? RETURNING {COLUMNS}"


def prepare(url: str) -> None:
    """Create the table."""
    connection = sqlite3.connect(sqlite_path(url))
    connection.executescript(TABLE)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.close()


class SqliteHeroes:
    """One connection that reads and writes; each statement commits itself."""

    def __init__(self, url: str) -> None:
        self._connection = sqlite3.connect(sqlite_path(url), isolation_level=None)
        self._connection.execute("PRAGMA synchronous=FULL")

    async def open(self) -> None:
        """Do nothing: the file is already open."""

    async def close(self) -> None:
        self._connection.close()

    async def get(self, hero_id: int) -> Any:
        return self._connection.execute(GET, (hero_id,)).fetchone()

    async def page(self, offset: int, limit: int) -> Any:
        return self._connection.execute(PAGE, (limit, offset)).fetchall()

    async def add(self, name: str, secret_name: str, age: int | None) -> Any:
        return self._connection.execute(ADD, (name, secret_name, age)).fetchall()[0]

    async def change(self, hero_id: int, changes: dict[str, Any]) -> Any:
        setting = ", ".join(f"{name} = ?" for name in changes)
        values = (*changes.values(), hero_id)
        return self._connection.execute(CHANGE.format(setting), values).fetchall()[0]
