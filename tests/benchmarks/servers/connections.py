"""What the servers' engines have in common: drivers, and how many connections they keep."""

from typing import Any

POOL_SIZE = 10
"""Connections to PostgreSQL, of every server alike; also what heroes has by default."""


def with_driver(url: str, *, sqlite: str, postgresql: str) -> str:
    """Return the URL with the name of the driver in it, as SQLAlchemy wants it."""
    scheme, rest = url.split(":", 1)
    driver = {"sqlite": sqlite, "postgresql": postgresql}[scheme]
    return f"{scheme}+{driver}:{rest}"


def pool_of(url: str) -> dict[str, Any]:
    """Return SQLAlchemy's options for a pool that opens ``POOL_SIZE`` connections, and no more."""
    return {} if is_sqlite(url) else {"pool_size": POOL_SIZE, "max_overflow": 0}


def is_sqlite(url: str) -> bool:
    """Return whether the URL names a SQLite file."""
    return url.startswith("sqlite")


def sqlite_path(url: str) -> str:
    """Return the file that a SQLite URL names."""
    return url.removeprefix("sqlite:///")
