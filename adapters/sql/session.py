"""The sessions that repositories use: protocols that each engine implements."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy.sql.base import Executable

from adapters.sql.mistyped import MistypedTables


class UnstorableText(Exception):
    """A parameter is a text that the database cannot store. PostgreSQL does not store NUL."""


class SqlExecutor(Protocol):
    """Executes statements. ``mistyped`` is what is known about the stored values.

    Every method may raise ``StoreUnavailable``. It replaces the errors of the driver and of
    SQLAlchemy that report a failure of the database. ``exec`` may raise ``UnstorableText`` and
    ``StoreConflict``.
    """

    @property
    def mistyped(self) -> MistypedTables: ...

    async def exec(self, statement: Executable, params: Mapping[str, Any]) -> Sequence[Any]:
        """Execute the statement and return all rows, each a sequence of column values."""


class SqlSession(SqlExecutor, Protocol):
    """A transaction that may write. It begins with the first statement."""

    @property
    def has_begun(self) -> bool:
        """Whether a transaction is open."""

    async def commit(self) -> None:
        """Commit, and return once all changes are durable. Raises like ``UnitOfWork.commit``."""

    async def close(self) -> None:
        """Roll back what was not committed, and release the connection."""
