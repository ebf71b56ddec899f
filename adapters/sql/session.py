"""What a repository needs of a session, whichever engine stands behind it."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy.sql.base import Executable


class UnstorableText(Exception):
    """A parameter is a text that the database can't hold: PostgreSQL knows no NUL."""


class SqlExecutor(Protocol):
    """Executes statements. The engine decides when they begin and where they run.

    Every method may raise ``StoreUnavailable``; driver and SQLAlchemy errors that are failures of
    the database never pass through. Raises ``UnstorableText`` where a database does not hold every
    text.
    """

    async def exec(self, statement: Executable, params: Mapping[str, Any]) -> Sequence[Any]:
        """Return all rows that the statement returns, each a sequence of its columns' values."""


class SqlSession(SqlExecutor, Protocol):
    """One transaction's statements, which may write."""

    async def commit(self) -> None:
        """Return once what was executed is durable."""

    async def close(self) -> None:
        """Roll back what was not committed, and give the connection back."""
