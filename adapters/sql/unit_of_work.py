"""Units of work in SQL: the repositories, and when their session ends."""

from typing import Self

from adapters.sql.hero_repository import SqlHeroReader, SqlHeroRepository
from adapters.sql.idempotency import SqlIdempotencyStore
from adapters.sql.session import SqlExecutor, SqlSession


class SqlReadOnlyUnitOfWork:
    """``ReadOnlyUnitOfWork`` whose statements each stand for themselves."""

    def __init__(self, executor: SqlExecutor) -> None:
        self.heroes = SqlHeroReader(executor)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """There is nothing to commit or to give back."""


class SqlUnitOfWork:
    """``UnitOfWork`` that wraps a session and the repositories over it."""

    def __init__(self, session: SqlSession) -> None:
        self.session = session
        self.heroes = SqlHeroRepository(session)
        self.idempotency = SqlIdempotencyStore(session)

    async def commit(self) -> None:
        await self.session.commit()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.session.close()
