"""Units of work in SQL: a session and the repositories that use it."""

from typing import Self

from adapters.sql.api_keys import SqlApiKeyReader, SqlApiKeyStore
from adapters.sql.hero_repository import SqlHeroReader, SqlHeroRepository
from adapters.sql.idempotency import SqlIdempotencyReader, SqlIdempotencyStore
from adapters.sql.outcomes import Outcomes
from adapters.sql.session import SqlExecutor, SqlSession
from service_layer.errors import StoreConflict, StoreUnavailable


class SqlReadOnlyUnitOfWork:
    """``ReadOnlyUnitOfWork`` in which each statement is a transaction."""

    def __init__(self, executor: SqlExecutor) -> None:
        self.heroes = SqlHeroReader(executor)
        self._executor = executor

    @property
    def idempotency(self) -> SqlIdempotencyReader:
        return SqlIdempotencyReader(self._executor)

    @property
    def api_keys(self) -> SqlApiKeyReader:
        return SqlApiKeyReader(self._executor)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Do nothing: no transaction is open."""


class SqlUnitOfWork:
    """``UnitOfWork`` over a session, which is its transaction. ``outcomes`` counts its end."""

    def __init__(self, session: SqlSession, outcomes: Outcomes) -> None:
        self.session = session
        self.heroes = SqlHeroRepository(session)
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

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        if not self.may_be_committed:
            if any(isinstance(part, StoreUnavailable) for part in error):
                self._outcomes.failed += 1
            elif self.session.has_begun:
                self._outcomes.rolled_back += 1
        await self.session.close()
