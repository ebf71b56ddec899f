"""Units of work in SQL: a session and the repositories that use it."""

from adapters.sql.api_keys import SqlApiKeyReader, SqlApiKeyStore
from adapters.sql.idempotency import SqlIdempotencyReader, SqlIdempotencyStore
from adapters.sql.outcomes import Outcomes
from adapters.sql.repositories import add_repositories
from adapters.sql.session import SqlExecutor, SqlSession
from service_layer.errors import StoreConflict, StoreUnavailable
from service_layer.unit_of_work import ReadOnlyUnitOfWork, UnitOfWork


class SqlReadOnlyUnitOfWork(ReadOnlyUnitOfWork):
    """``ReadOnlyUnitOfWork`` in which each statement is a transaction."""

    def __init__(self, executor: SqlExecutor) -> None:
        add_repositories(self, executor, locks=False)
        self._executor = executor

    @property
    def idempotency(self) -> SqlIdempotencyReader:
        return SqlIdempotencyReader(self._executor)

    @property
    def api_keys(self) -> SqlApiKeyReader:
        return SqlApiKeyReader(self._executor)

    async def __aexit__(self, *_: object) -> None:
        """Do nothing: no transaction is open."""


class SqlUnitOfWork(UnitOfWork):
    """``UnitOfWork`` over a session, which is its transaction. ``outcomes`` counts its end."""

    def __init__(self, session: SqlSession, outcomes: Outcomes) -> None:
        add_repositories(self, session, locks=True)
        self.session = session
        self.idempotency = SqlIdempotencyStore(session)
        self.may_be_committed = False
        self._outcomes = outcomes

    @property
    def api_keys(self) -> SqlApiKeyStore:
        return SqlApiKeyStore(self.session)

    async def commit(self) -> None:
        self.may_be_committed = True
        try:
            await self.session.commit()
        except StoreConflict:
            self._outcomes.rolled_back += 1
            raise
        except BaseException:
            self._outcomes.failed += 1
            raise
        self._outcomes.committed += 1

    async def __aexit__(self, *error: object) -> None:
        if not self.may_be_committed:
            if any(isinstance(part, StoreUnavailable) for part in error):
                self._outcomes.failed += 1
            elif self.session.has_begun:
                self._outcomes.rolled_back += 1
        await self.session.close()
