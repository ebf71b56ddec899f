"""A session and the repositories that work in it."""

from typing import Self

from adapters.answers import SqlAnswers
from adapters.hero_repository import SqlHeroReader, SqlHeroRepository
from adapters.session import SqlSession


class Scope:
    """The time in which a session is open."""

    def __init__(self, session: SqlSession) -> None:
        self._session = session

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()


class SqlReadOnlyUnitOfWork(Scope):
    """``ReadOnlyUnitOfWork`` over a session that reads."""

    def __init__(self, session: SqlSession) -> None:
        super().__init__(session)
        self.heroes = SqlHeroReader(session)


class SqlUnitOfWork(Scope):
    """``UnitOfWork`` over a session that writes."""

    def __init__(self, session: SqlSession) -> None:
        super().__init__(session)
        self.heroes = SqlHeroRepository(session)
        self.answers = SqlAnswers(session)

    async def commit(self) -> None:
        await self._session.commit()
