"""What a repository needs of a session, whichever engine stands behind it."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy.sql.base import Executable

MAY_SCAN = "may_scan"
"""Execution option of a statement that may read so many rows that it takes long."""


class SqlSession(Protocol):
    """One unit of work's statements. The engine decides when they begin and where they run.

    Every method may raise ``StoreUnavailable``; driver and SQLAlchemy errors that are troubles of
    the database never pass through.
    """

    async def exec(self, statement: Executable, params: Mapping[str, Any]) -> Sequence[Any]:
        """Return all rows that the statement returns."""

    async def commit(self) -> None:
        """Return once what was executed is durable."""

    async def close(self) -> None:
        """Roll back what was not committed, and give the connection back."""
