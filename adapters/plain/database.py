"""The port ``Database`` implemented with SQLModel's ``AsyncSession``.

A unit of work that writes has a session in a transaction. One that reads has a session in
autocommit.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel.ext.asyncio.session import AsyncSession

from adapters.migrations.schema_probe import schema_probe
from adapters.plain.cancelled_calls import CancelledCalls
from adapters.plain.connections import AUTOCOMMIT, CheckFile
from adapters.plain.errors import ErrorTranslators
from adapters.plain.measured_pool import MeasuredPool
from adapters.plain.session import PlainSession
from adapters.plain.traced_session import TracedPlainSession
from adapters.sql.mistyped import MistypedTables
from adapters.sql.outcomes import Outcomes
from adapters.sql.traced.spans import StatementSpans
from adapters.sql.unit_of_work import SqlReadOnlyUnitOfWork, SqlUnitOfWork
from service_layer.backup import Backup, Progress, Restored
from service_layer.database import IrregularRow, Replica
from service_layer.telemetry.measurements import Measurement
from service_layer.telemetry.spans import Spans
from service_layer.unit_of_work import ReadOnlyUnitOfWork, UnitOfWork


class Schema(Protocol):
    """The part of the port ``Database`` that needs no session."""

    name: str
    is_embedded: bool
    is_in_memory: bool
    mistyped: MistypedTables

    @property
    def holds_last_copy(self) -> bool: ...

    def recover(self) -> None: ...

    def pending(self) -> Sequence[str]: ...

    def migrate(self) -> Sequence[str]: ...

    def check(self) -> Iterator[IrregularRow]: ...

    def time_flushes(self) -> Iterable[float]: ...

    def inspect_replicas(self) -> Iterable[Replica]: ...

    def backup(self, target: Path, progress: Progress, *, replace: bool) -> Backup: ...

    def restore(self, backup: Path, progress: Progress) -> Restored: ...

    def max_connections(self) -> int | None: ...

    def data_version(self) -> int | None: ...

    async def aopen(self) -> Sequence[str]: ...

    async def aclose(self) -> None: ...


class PlainDatabase:
    """``Database`` on a SQLAlchemy engine. Creating it opens no connection."""

    def __init__(  # noqa: PLR0913 - replicas and check_file are for one engine each
        self,
        engine: AsyncEngine,
        schema: Schema,
        translators: ErrorTranslators,
        *,
        pool_size: int,
        replicas: AsyncEngine | None = None,
        check_file: CheckFile = lambda: None,
    ) -> None:
        self._outcomes = Outcomes()
        self._spans: Spans | None = None
        self.name = schema.name
        self.is_embedded = schema.is_embedded
        self.is_in_memory = schema.is_in_memory
        self.connections = pool_size
        # Two requests for each connection, so that a released connection always has a waiter.
        self.concurrency = 2 * pool_size * (2 if replicas else 1)
        self.recover = schema.recover
        self.pending = schema.pending
        self.migrate = schema.migrate
        self.check = schema.check
        self.time_flushes = schema.time_flushes
        self.inspect_replicas = schema.inspect_replicas
        self.backup = schema.backup
        self.restore = schema.restore
        self.max_connections = schema.max_connections
        self.data_version = schema.data_version
        self.aopen = schema.aopen
        self._schema = schema
        self._check_file = check_file
        self._translators = translators
        self._cancelled_calls = CancelledCalls(can_stop=not schema.is_embedded)
        self._engine = engine
        self._replicas = replicas or engine
        self._autocommit = self._replicas.execution_options(isolation_level=AUTOCOMMIT)
        self._autocommit_primary = engine.execution_options(isolation_level=AUTOCOMMIT)

    @property
    def holds_last_copy(self) -> bool:
        return self._schema.holds_last_copy

    def writing(self) -> UnitOfWork:
        return SqlUnitOfWork(self._session(self._engine), self._outcomes)

    def reading(self, client: str = "") -> ReadOnlyUnitOfWork:  # noqa: ARG002 - see plain-session.md
        return PlainReadOnlyUnitOfWork(self._session(self._autocommit))

    def reading_primary(self) -> ReadOnlyUnitOfWork:
        return PlainReadOnlyUnitOfWork(self._session(self._autocommit_primary))

    async def schema_revision(self) -> str:
        """Return the revision of the primary server. Replicas are probed, too, if there are any."""
        self._check_file()
        if self._replicas is not self._engine:
            await self._probe(self._autocommit)
        return await self._probe(self._autocommit_primary)

    async def _probe(self, engine: AsyncEngine) -> str:
        session = self._session(engine)
        try:
            rows = await session.exec(schema_probe(), {})
        finally:
            await session.close()
        return ", ".join(str(revision) for (revision,) in rows)

    def trace(self, spans: Spans) -> None:
        self._spans = spans

    def measure(self) -> Iterable[Measurement]:
        yield from self._outcomes.measure()
        yield from _measure_pool(self._engine, "primary")
        if self._replicas is not self._engine:
            yield from _measure_pool(self._replicas, "replicas")

    async def aclose(self) -> None:
        await self._cancelled_calls.wait()
        await self._engine.dispose()
        await self._replicas.dispose()
        await self._schema.aclose()

    def _session(self, engine: AsyncEngine) -> PlainSession:
        parts = (
            AsyncSession(engine),
            self._translators,
            self._cancelled_calls,
            self._check_file,
            self._schema.mistyped,
        )
        if self._spans is not None and self._spans.is_recording():
            spans = StatementSpans(self._spans, engine.dialect.name)
            return TracedPlainSession(spans, *parts)
        return PlainSession(*parts)


class PlainReadOnlyUnitOfWork(SqlReadOnlyUnitOfWork):
    """``ReadOnlyUnitOfWork`` that closes its session at the end."""

    def __init__(self, session: PlainSession) -> None:
        super().__init__(session)
        self._session = session

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()


def _measure_pool(engine: AsyncEngine, name: str) -> Iterable[Measurement]:
    """Return what a pool counts. A database in memory has none."""
    return engine.pool.measure(name) if isinstance(engine.pool, MeasuredPool) else ()
