"""A database of its own for each server: made, filled with the same heroes, and looked into."""

import sqlite3
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Protocol

from tests.benchmarks.contenders import Contender
from tests.support.served import ask

INSERT = "INSERT INTO hero (name, secret_name, age) VALUES (?, ?, ?)"
INSERT_IN_POSTGRES = """
INSERT INTO hero (name, secret_name, age)
SELECT 'Hero ' || lpad(n::text, 6, '0'), 'Secret of ' || lpad(n::text, 6, '0'),
       CASE WHEN n % 10 = 0 THEN NULL ELSE n % 100 END
FROM generate_series(1, {rows}) AS n ORDER BY n
"""


class Stores(Protocol):
    """Where the databases of one engine are made."""

    def new(self, contender: Contender, rows: int) -> str:
        """Return the URL of a new database with so many heroes, with the ids 1 to ``rows``."""
        ...


class SqliteStores:
    """Files in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def new(self, contender: Contender, rows: int) -> str:
        path = self._folder / f"{uuid.uuid4().hex}.db"
        url = f"sqlite:///{path}"
        prepare(contender, url)
        if contender.module == "ceiling":
            return url
        with closing(sqlite3.connect(path)) as connection:
            if contender.wal:
                connection.execute("PRAGMA journal_mode=WAL")
            with connection:
                connection.executemany(INSERT, heroes(rows))
            connection.execute("ANALYZE")
        return url


class PostgresStores:
    """Databases of a server."""

    def __init__(self, url: str) -> None:
        self._url = url

    def new(self, contender: Contender, rows: int) -> str:
        name = f"bench_{uuid.uuid4().hex}"
        ask(self._url, f"CREATE DATABASE {name}")
        url = self._url.rpartition("/")[0] + f"/{name}"
        prepare(contender, url)
        if contender.module != "ceiling":
            ask(url, INSERT_IN_POSTGRES.format(rows=rows))
            ask(url, "VACUUM ANALYZE hero")
        return url


def heroes(rows: int) -> Iterator[tuple[str, str, int | None]]:
    """Yield the heroes that are there at the start; every tenth has no age."""
    for n in range(1, rows + 1):
        yield f"Hero {n:06}", f"Secret of {n:06}", None if n % 10 == 0 else n % 100


def prepare(contender: Contender, url: str) -> None:
    """Make the contender's tables, in the way it makes them itself."""
    subprocess.run(
        contender.preparing(url),
        env=contender.environment(url),
        cwd=tempfile.gettempdir(),
        check=True,
        stdout=subprocess.DEVNULL,
    )
