"""The repository: the port for storing and querying the entities of one kind."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol, TypeVar

E = TypeVar("E")
E_co = TypeVar("E_co", covariant=True)
D_contra = TypeVar("D_contra", contravariant=True)
Q_contra = TypeVar("Q_contra", contravariant=True)


class Reader(Protocol[E_co, Q_contra]):
    """Read access to the stored entities."""

    async def get(self, entity_id: int, /) -> E_co:
        """Return the entity. Any integer is valid as an id. Raises ``NotFound``."""

    async def find(self, ids: Collection[int], /) -> Mapping[int, E_co]:
        """Return those of these entities that exist, by id, without a query for each."""

    async def page(self, query: Q_contra, /) -> Sequence[E_co]:
        """Return the page of entities that the query selects."""

    async def count(self, query: Q_contra, /) -> int:
        """Return the number of entities that match the filters, on all pages."""


class Repository(Reader[E, Q_contra], Protocol[E, D_contra, Q_contra]):
    """Read and write access.

    ``get`` locks the entity against changes until the unit of work ends. Other units of work may
    still store references to it.
    """

    async def get_to_remove(self, entity_id: int, /) -> E:
        """Return the entity, locked against changes and new references. Raises ``NotFound``."""

    async def add(self, draft: D_contra, /) -> E:
        """Insert an entity with a new id, one that none has had before. Return it."""

    async def update(self, entity: E, /) -> None:
        """Replace the stored entity that has the same id. Raises ``NotFound``."""

    async def remove(self, entity_id: int, /) -> None:
        """Delete the entity. Its id is not reused. Raises ``NotFound``."""
