"""The unit of work port: one transaction over all repositories."""

from typing import Protocol, Self

from domain.api_key_store import ApiKeyReader, ApiKeyStore
from domain.hero_repository import HeroReader, HeroRepository
from service_layer.idempotency import IdempotencyReader, IdempotencyStore


class ReadOnlyUnitOfWork(Protocol):
    """Read access to the repositories. Each call sees the data committed before it."""

    @property
    def heroes(self) -> HeroReader: ...

    @property
    def idempotency(self) -> IdempotencyReader: ...

    @property
    def api_keys(self) -> ApiKeyReader: ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(self, *_: object) -> None: ...


class UnitOfWork(Protocol):
    """One transaction over all repositories. It begins with the first call to a repository.

    What it reads with ``get`` is locked until it ends: no other unit of work can change it. Any
    call may raise ``StoreUnavailable``, and a write ``StoreConflict``. Then the unit of work cannot
    be used any more.
    """

    @property
    def heroes(self) -> HeroRepository: ...

    @property
    def idempotency(self) -> IdempotencyStore: ...

    @property
    def api_keys(self) -> ApiKeyStore: ...

    @property
    def may_be_committed(self) -> bool:
        """Whether ``commit`` was called. Even a cancelled commit may have made changes durable.

        If it is false when the unit of work has ended, everything was rolled back.
        """

    async def commit(self) -> None:
        """Commit, and return once all changes are durable.

        Raises ``StoreUnavailable`` if the transaction was rolled back, ``OutcomeUnknown`` if the
        outcome is unknown, and ``StoreConflict`` for a constraint that is checked at COMMIT.
        """

    async def __aenter__(self) -> Self: ...

    async def __aexit__(self, *_: object) -> None:
        """Roll back what was not committed."""


class UnitOfWorkFactory(Protocol):
    """Creates units of work. Creating one does no I/O."""

    def writing(self) -> UnitOfWork: ...

    def reading(self, client: str = "") -> ReadOnlyUnitOfWork:
        """Return a unit of work that reads. ``client`` identifies whom it reads for.

        Reads that take long are limited in number, and clients take turns then. Without clients,
        all are served in order of arrival.
        """
