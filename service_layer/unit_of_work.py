"""The port through which work on the repositories is done all or not at all."""

from typing import Protocol, Self

from domain.hero_repository import HeroReader, HeroRepository
from service_layer.idempotency import IdempotencyStore


class ReadOnlyUnitOfWork(Protocol):
    """A query's access to the repositories: each call sees what is committed by then."""

    @property
    def heroes(self) -> HeroReader: ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(self, *_: object) -> None: ...


class UnitOfWork(Protocol):
    """One transaction over all repositories. It begins with the first call to one of them.

    Commands take their turns: from its beginning to its end no other unit of work can change what
    it read. Any call may raise ``StoreUnavailable``; the unit of work is then of no more use.
    """

    @property
    def heroes(self) -> HeroRepository: ...

    @property
    def idempotency(self) -> IdempotencyStore: ...

    async def commit(self) -> None:
        """Return once everything done so far is durable.

        Raises ``StoreUnavailable`` when nothing was kept, ``OutcomeUnknown`` when that is unsure.
        """

    async def __aenter__(self) -> Self: ...

    async def __aexit__(self, *_: object) -> None:
        """Roll back whatever was not committed."""


class UnitOfWorkFactory(Protocol):
    """Hands out a new unit of work for each command and each query. Neither does any I/O yet."""

    def writing(self) -> UnitOfWork: ...

    def reading(self) -> ReadOnlyUnitOfWork: ...
