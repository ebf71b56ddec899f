"""The clocks of databases, ahead of or behind the real time.

No part of the service is replaced: the database itself has another function for the time.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.integration.sqlite_events import on_connection
from tests.support.served import ask

Shift = Callable[[int], None]
"""Sets by how many seconds the database's clock is ahead."""

SHIFTED_NOW = (
    "CREATE SCHEMA clock",
    "CREATE TABLE clock.shift (seconds integer)",
    "INSERT INTO clock.shift VALUES (0)",
    """CREATE FUNCTION clock.now() RETURNS timestamptz STABLE LANGUAGE sql AS
        'SELECT pg_catalog.now() + make_interval(secs => seconds) FROM clock.shift'""",
    """DO $$ BEGIN EXECUTE format(
        'ALTER DATABASE %I SET search_path = public, clock, pg_catalog', current_database()
    ); END $$""",
)
"""Statements after which ``now()`` of new connections is that of the schema ``clock``."""


@contextmanager
def sqlite_clock() -> Iterator[Shift]:
    """Give the connections that are opened in the block a function ``strftime`` of our own."""
    seconds = 0

    def strftime(text: str, moment: str) -> str:
        assert ("%s", "now") == (text, moment)
        return str(int(time.time()) + seconds)

    def shift(by: int) -> None:
        nonlocal seconds
        seconds = by

    def add_function(connection: sqlite3.Connection) -> None:
        connection.create_function("strftime", 2, strftime)

    with on_connection(add_function):
        yield shift


def postgres_clock(url: str) -> Shift:
    """Give the new connections to the database a function ``now`` of our own."""

    def shift(by: int) -> None:
        ask(url, f"UPDATE clock.shift SET seconds = {by}")  # noqa: S608 - a number

    ask(url, *SHIFTED_NOW)
    return shift
