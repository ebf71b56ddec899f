"""Callbacks for each SQLite connection and each statement of this process.

Only ``sqlite3.connect`` is wrapped. The connections and the statements are real.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

T = TypeVar("T")

_connection_listeners: list[Callable[[sqlite3.Connection], None]] = []
_statement_listeners: list[Callable[[str], None]] = []
_is_traced: list[bool] = []
_connect = sqlite3.connect


@contextmanager
def on_connection(
    listener: Callable[[sqlite3.Connection], None], *, is_traced: bool = True
) -> Iterator[None]:
    """Call ``listener`` with every connection that is opened.

    One that is not traced may be used while a thread executes a statement on it. With a callback
    that would be a deadlock: the thread has the lock of the connection and waits for Python's,
    and the other one has Python's and waits for that of the connection.
    """
    with _listed(_connection_listeners, listener), _listed(_is_traced, is_traced):
        yield


@contextmanager
def on_statement(listener: Callable[[str], None]) -> Iterator[None]:
    """Call ``listener`` with every statement before it runs, in the thread that runs it."""
    with _listed(_statement_listeners, listener):
        yield


@contextmanager
def _listed(listeners: list[T], listener: T) -> Iterator[None]:
    listeners.append(listener)
    try:
        yield
    finally:
        listeners.remove(listener)


def _connect_and_trace(*args: Any, **options: Any) -> sqlite3.Connection:
    connection: sqlite3.Connection = _connect(*args, **options)
    if all(_is_traced):
        connection.set_trace_callback(_notify_statement)
    for listener in _connection_listeners:
        listener(connection)
    return connection


def _notify_statement(statement: str) -> None:
    for listener in _statement_listeners:
        listener(statement)


# Installed on import: a connection may be older than its listener.
sqlite3.connect = _connect_and_trace  # type: ignore[assignment]
