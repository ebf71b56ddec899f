"""Statements on either database, outside of the service."""

import sqlite3
from contextlib import closing
from typing import Any

from tests.support.served import ask


def execute(url: str, *statements: str) -> list[tuple[Any, ...]]:
    """Execute statements on the database of the URL; return the rows of the last."""
    if not url.startswith("sqlite"):
        return ask(url, *statements)
    rows: list[tuple[Any, ...]] = []
    path = url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, timeout=10, isolation_level=None)) as connection:
        for statement in statements:
            rows = connection.execute(statement).fetchall()
    return rows
