"""Databases that replace another one, and what is left of that."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from shutil import copyfile

import httpx2

from tests.support.databases import migrated_sqlite
from tests.support.served import Served, serve

HALTED = "is no longer the database that was opened"
PRESERVED = "the old database "


def make_database(path: Path, *names: str) -> Path:
    """Create a database of heroes with these names, without a log."""
    migrated_sqlite(path).dispose()
    with closing(sqlite3.connect(path)) as connection, connection:
        rows = [(name,) for name in names]
        connection.executemany("INSERT INTO hero (name, secret_name) VALUES (?, 'Unknown')", rows)
    return path


@contextmanager
def serve_with_hero(database: Path, **settings: str) -> Iterator[Served]:
    """Serve a new database with the hero "Old", whose row is in the log only."""
    with serve(database, **settings) as served:
        assert 200 == post(served, "Old").status_code
        yield served


def post(served: Served, name: str) -> httpx2.Response:
    return httpx2.post(f"{served.url}/heroes/", json={"name": name, "secret_name": "Unknown"})


def names_served(served: Served) -> list[str]:
    return [hero["name"] for hero in httpx2.get(f"{served.url}/heroes/").json()]


def names_in(database: Path) -> Sequence[str]:
    """Return the names in the database file alone, read from a copy."""
    copy = database.with_name("copy-to-look-at")
    copyfile(database, copy)
    with closing(sqlite3.connect(copy)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM hero ORDER BY id")]
    for file in copy.parent.glob(f"{copy.name}*"):
        file.unlink()
    return names


def saved_beside(database: Path) -> Path:
    """Return the one saved database, with or without a log."""
    found = database.parent.glob(f"{database.name}.replaced-*Z")
    (saved,) = found
    return saved


def beside(database: Path, suffix: str) -> Path:
    return database.with_name(database.name + suffix)


def files_beside(database: Path) -> set[str]:
    """Return what the names of the database's own files add to its name."""
    suffixes = ("", "-wal", "-shm", ".serving")
    return {suffix for suffix in suffixes if beside(database, suffix).exists()}
