"""Sessions whose statements and COMMITs are spans of the request's trace.

A database uses them only for requests that are traced.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.sql.base import Executable

from adapters.sql.mistyped import MistypedTables
from adapters.sql.session import SqlExecutor, SqlSession
from adapters.sql.traced.spans import StatementSpans


class TracedExecutor:
    """``SqlExecutor`` that records the statements of another one."""

    def __init__(self, executor: SqlExecutor, spans: StatementSpans) -> None:
        self._executor = executor
        self._statements = spans

    @property
    def mistyped(self) -> MistypedTables:
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
