"""Units of work in SQL: a session and the repositories that use it."""

from typing import Self

from adapters.sql.api_keys import SqlApiKeyReader, SqlApiKeyStore
from adapters.sql.hero_repository import SqlHeroReader, SqlHeroRepository
from adapters.sql.idempotency import SqlIdempotencyReader, SqlIdempotencyStore
from adapters.sql.session import SqlExecutor, SqlSession


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
    """``UnitOfWork`` over a session, which is its transaction."""

    def __init__(self, session: SqlSession) -> None:
        self.session = session
        self.heroes = SqlHeroRepository(session)
        self.idempotency = SqlIdempotencyStore(session)
        self.may_be_committed = False

    @property
    def api_keys(self) -> SqlApiKeyStore:
        return SqlApiKeyStore(self.session)

    async def commit(self) -> None:
        self.may_be_committed = True
        await self.session.commit()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.session.close()
