"""Sessions whose statements and COMMITs are spans of the request's trace.

A database uses them only for requests that are traced. A span names the operation and the table of
a statement. Neither its text nor its parameters are recorded.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import TableClause
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.elements import ClauseElement
from sqlalchemy.sql.visitors import iterate

from adapters.sql.mistyped import MistypedValues
from adapters.sql.session import SqlExecutor, SqlSession
from adapters.sql.statements import CACHE_SIZE
from service_layer.telemetry.spans import Spans

ACQUIRE_LOCK = "acquire write lock"
ACQUIRE_CONNECTION = "acquire connection"


class StatementSpans:
    """The spans of statements for the database system, named as by OpenTelemetry."""

    def __init__(self, spans: Spans, system: str) -> None:
        self._spans = spans
        self._system = system

    def acquire(self, name: str) -> AbstractContextManager[object]:
        """Return the span of a wait for a lock or a connection."""
        return self._spans.span(name, {"db.system.name": self._system})

    def commit(self) -> AbstractContextManager[object]:
        """Return the span of a COMMIT."""
        return self._describe("COMMIT")

    def statement(self, statement: Executable) -> AbstractContextManager[object]:
        """Return the span of a statement."""
        return self._describe(*_describe(statement))

    def _describe(self, operation: str, table: str = "") -> AbstractContextManager[object]:
        attributes = {"db.system.name": self._system, "db.operation.name": operation}
        if table:
            attributes["db.collection.name"] = table
        return self._spans.span(f"{operation} {table}".rstrip(), attributes)


class TracedExecutor:
    """``SqlExecutor`` that records the statements of another one."""

    def __init__(self, executor: SqlExecutor, spans: StatementSpans) -> None:
        self._executor = executor
        self._statements = spans

    @property
    def mistyped(self) -> MistypedValues:
        return self._executor.mistyped

    async def exec(self, statement: Executable, params: Mapping[str, Any]) -> Sequence[Any]:
        with self._statements.statement(statement):
            return await self._executor.exec(statement, params)


class TracedSession(TracedExecutor):
    """``SqlSession`` that records the statements and the COMMIT of another one."""

    def __init__(self, session: SqlSession, spans: StatementSpans) -> None:
        super().__init__(session, spans)
        self._session = session

    @property
    def has_begun(self) -> bool:
        return self._session.has_begun

    async def commit(self) -> None:
        with self._statements.commit():
            await self._session.commit()

    async def close(self) -> None:
        await self._session.close()


@lru_cache(CACHE_SIZE)
def _describe(statement: Executable) -> tuple[str, str]:
    """Return the operation of the statement, and the name of its first table, or ``""``."""
    operation = str(statement.__visit_name__).upper() if statement.is_dml else "SELECT"
    parts = iterate(cast("ClauseElement", statement))
    tables = (part.name for part in parts if isinstance(part, TableClause))
    return operation, next(tables, "")
