"""Plain sessions whose statements and COMMITs are spans of the request's trace."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.sql.base import Executable

from adapters.plain.session import PlainSession
from adapters.sql.traced.spans import ACQUIRE_CONNECTION, StatementSpans


class TracedPlainSession(PlainSession):
    """A plain session for a request that is traced.

    The wait for its connection includes BEGIN, which on SQLite waits for the write lock.
    """

    def __init__(self, spans: StatementSpans, *parts: Any) -> None:
        super().__init__(*parts)
        self._spans = spans

    async def exec(self, statement: Executable, params: Mapping[str, Any]) -> Sequence[Any]:
        if not self.has_begun:
            with self._spans.acquire(ACQUIRE_CONNECTION):
                await self._connect()
        with self._spans.statement(statement):
            return await super().exec(statement, params)

    async def commit(self) -> None:
        with self._spans.commit():
            await super().commit()
