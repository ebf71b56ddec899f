"""Databases to back up and to restore, and the progress of that."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from tests.integration.tutorial_database import connection_to, stored
from tests.support.databases import migrated_sqlite

INSERT = """INSERT INTO hero (name, secret_name)
    WITH RECURSIVE numbers (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers LIMIT ?)
    SELECT ? || ' ' || i, printf('%.*c', ?, 'x') FROM numbers"""

PAGE = 4096

Names = set[str]


@dataclass
class Observed:
    """``Progress`` that keeps the reports, and calls ``on_report`` with each activity."""

    on_report: Callable[[str], object] = str
    reports: list[tuple[str, int, int]] = field(default_factory=list)
    stopped: bool = False

    def report(self, activity: str, done: int = 0, total: int = 0) -> None:
        self.reports.append((activity, done, total))
        self.on_report(activity)

    def is_stopped(self) -> bool:
        return self.stopped


def make_database(path: Path, name: str, *, heroes: int = 3, size: int = 1) -> Path:
    """Create a database with heroes of this name, and secrets of ``size`` characters."""
    migrated_sqlite(path).dispose()
    with connection_to(path) as connection:
        connection.execute(INSERT, [heroes, name, size])
    return path


def abandon(path: Path) -> Path:
    """Leave the database with its last commit in its log, as a killed service does."""
    log = path.with_name(f"{path.name}-wal")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_autocheckpoint=0")
        connection.execute(INSERT, [1, "In the log", 1])
        connection.commit()
        contents = {file: file.read_bytes() for file in (path, log)}
    for file, content in contents.items():
        file.write_bytes(content)
    return path


def names_in(path: Path) -> Names:
    """Return the first words of the names in a database that is whole."""
    with connection_to(path) as connection:
        assert [("ok",)] == connection.execute("PRAGMA integrity_check").fetchall()
    return {name.rpartition(" ")[0] for _, name, *_ in stored(path)}


def files_in(folder: Path) -> set[str]:
    """Return the names of the files in the folder."""
    return {path.name for path in folder.iterdir()}


def damage_rows(path: Path) -> Path:
    """Overwrite the root page of the heroes. The header and the schema stay whole."""
    with closing(sqlite3.connect(path)) as connection:
        statement = "SELECT rootpage FROM sqlite_master WHERE name = 'hero'"
        (page,) = connection.execute(statement).fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * PAGE)
        file.write(b"\xff" * PAGE)
    return path
