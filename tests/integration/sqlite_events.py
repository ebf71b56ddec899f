"""What this process does with SQLite, told at the moment: each connection, each statement.

Only the standard library's ``sqlite3.connect`` is wrapped. The connections, and what is done with
them, are real.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

T = TypeVar("T")

_of_connections: list[Callable[[sqlite3.Connection], None]] = []
_of_statements: list[Callable[[str], None]] = []
_connect = sqlite3.connect


@contextmanager
def on_connection(told: Callable[[sqlite3.Connection], None]) -> Iterator[None]:
    """Call ``told`` with every connection that is opened."""
    with _listed(_of_connections, told):
        yield


@contextmanager
def on_statement(told: Callable[[str], None]) -> Iterator[None]:
    """Call ``told`` with every statement about to be run, in the thread that is about to run it."""
    with _listed(_of_statements, told):
        yield


@contextmanager
def _listed(listeners: list[T], listener: T) -> Iterator[None]:
    listeners.append(listener)
    try:
        yield
    finally:
        listeners.remove(listener)


def _connect_and_tell(*args: Any, **options: Any) -> sqlite3.Connection:
    connection: sqlite3.Connection = _connect(*args, **options)
    connection.set_trace_callback(_tell_of_statement)
    for told in _of_connections:
        told(connection)
    return connection


def _tell_of_statement(statement: str) -> None:
    for told in _of_statements:
        told(statement)


# From here on, for a connection may be older than who listens to it.
sqlite3.connect = _connect_and_tell  # type: ignore[assignment]
