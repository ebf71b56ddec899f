"""A new database for each server, filled with the same heroes."""

import sqlite3
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Protocol

from domain.api_key_format import digest_key
from tests.benchmarks.contenders import Contender
from tests.support.served import ask
from tests.support.sql import execute

INSERT = "INSERT INTO hero (name, secret_name, age) VALUES (?, ?, ?)"
INSERT_IN_POSTGRES = """
INSERT INTO hero (name, secret_name, age)
SELECT 'Hero ' || lpad(n::text, 6, '0'), 'Secret of ' || lpad(n::text, 6, '0'),
       CASE WHEN n % 10 = 0 THEN NULL ELSE n % 100 END
FROM generate_series(1, {rows}) AS n ORDER BY n
"""
INSERT_KEY = """
INSERT INTO heroes_api_key (name, digest, scopes, created)
VALUES ('benchmark', {digest}, 'heroes:read heroes:write', 0)
"""


class Stores(Protocol):
    """Creates databases of one engine."""

    def new(self, contender: Contender, rows: int) -> str:
        """Create a database with heroes with the ids 1 to ``rows``, and return its URL."""
        ...


class SqliteStores:
    """Creates files in a directory."""

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
    """Creates databases on a server."""

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
    """Yield the initial heroes; every tenth has no age."""
    for n in range(1, rows + 1):
        yield f"Hero {n:06}", f"Secret of {n:06}", None if n % 10 == 0 else n % 100


def prepare(contender: Contender, url: str) -> None:
    """Create the contender's tables with its own command."""
    subprocess.run(
        contender.preparing(url),
        env=contender.environment(url),
        cwd=tempfile.gettempdir(),
        check=True,
        stdout=subprocess.DEVNULL,
    )
    if contender.api_key:
        store_key(url, digest_key(contender.api_key))


def store_key(url: str, digest: bytes) -> None:
    """Store an API key with all scopes, as ``heroes keys create`` stores a random one."""
    is_sqlite = url.startswith("sqlite")
    literal = f"X'{digest.hex()}'" if is_sqlite else f"'\\x{digest.hex()}'::bytea"
    execute(url, INSERT_KEY.format(digest=literal))
