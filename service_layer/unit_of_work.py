"""The unit of work port: one transaction over all repositories.

The repositories are attributes, one line for each aggregate. So the two kinds of units of work are
abstract classes: an attribute of a protocol must have exactly its type in an implementation, but a
subclass may have a more specific one.
"""

from abc import ABC, abstractmethod
from typing import Protocol, Self

from domain.api_key_store import ApiKeyReader, ApiKeyStore
from domain.hero_repository import HeroReader, HeroRepository
from service_layer.idempotency import IdempotencyReader, IdempotencyStore


class ReadOnlyUnitOfWork(ABC):
    """Read access to the repositories. Each call sees the data committed before it."""

    heroes: HeroReader

    @property
    @abstractmethod
    def idempotency(self) -> IdempotencyReader: ...

    @property
    @abstractmethod
    def api_keys(self) -> ApiKeyReader: ...

    async def __aenter__(self) -> Self:
        return self

    @abstractmethod
    async def __aexit__(self, *_: object) -> None:
        """Release what was opened."""


class UnitOfWork(ABC):
    """One transaction over all repositories. It begins with the first call to a repository.

    What it reads with ``get`` or ``get_to_remove`` is locked until it ends: no other unit of work
    can change it. Any call may raise ``StoreUnavailable``, and a write ``StoreConflict``. Then the
    unit of work cannot be used any more.
    """

    heroes: HeroRepository

    idempotency: IdempotencyStore

    may_be_committed: bool
    """Whether ``commit`` was called. Even a cancelled commit may have made changes durable.

    If it is false when the unit of work has ended, everything was rolled back.
    """

    @property
    @abstractmethod
    def api_keys(self) -> ApiKeyStore: ...

    @abstractmethod
    async def commit(self) -> None:
        """Commit, and return once all changes are durable.

        Raises ``StoreUnavailable`` if the transaction was rolled back, ``OutcomeUnknown`` if the
        outcome is unknown, and ``StoreConflict`` for a constraint that is checked at COMMIT.
        """

    async def __aenter__(self) -> Self:
        return self

    @abstractmethod
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
