"""The writer of a SQLite file for a unit of work that is traced."""

from adapters.sql.traced.spans import ACQUIRE_LOCK, StatementSpans
from adapters.sqlite.group_commit import Savepoint
from adapters.sqlite.writer import Writer


class TracedWriter:
    """Records how long a unit of work waits for the writer's lock."""

    def __init__(self, writer: Writer, spans: StatementSpans) -> None:
        self.commit = writer.commit
        self.rollback = writer.rollback
        self._writer = writer
        self._spans = spans

    async def begin(self) -> Savepoint:
        with self._spans.acquire(ACQUIRE_LOCK):
            return await self._writer.begin()
