"""A session and the repositories that work in it."""

from types import TracebackType
from typing import Self

from adapters.hero_repository import SqlHeroRepository
from adapters.session import SqlSession


class SqlUnitOfWork:
    """``UnitOfWork`` over a session; over a reading session, ``ReadOnlyUnitOfWork``."""

    def __init__(self, session: SqlSession) -> None:
        self._session = session
        self.heroes = SqlHeroRepository(session)

    async def commit(self) -> None:
        await self._session.commit()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._session.close()
