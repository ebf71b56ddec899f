"""The port through which a database as a whole is brought up to date, used and closed."""

from collections.abc import Sequence
from typing import Protocol

from service_layer.unit_of_work import UnitOfWorkFactory


class Database(UnitOfWorkFactory, Protocol):
    """A database as a whole, whichever engine is behind it."""

    name: str
    """Its address, fit to be shown."""

    is_embedded: bool
    """Whether it is a file of this one process. Otherwise it can be away, and come back."""

    is_in_memory: bool
    """Whether it ends with its connections, so that each process has to create its schema anew."""

    connections: int
    """How many connections a process has to the database at most, those of replicas not counted."""

    concurrency: int
    """How many requests a process does well to have under way."""

    def pending(self) -> Sequence[str]:
        """Return the revisions not yet applied. Blocks, and raises, like ``migrate``."""

    def migrate(self) -> Sequence[str]:
        """Bring the schema up to date, and return the revisions applied.

        Blocks, and must not run on an event loop's thread. Raises ``UnusableDatabase``
        and ``StoreUnavailable``.
        """

    def max_connections(self) -> int | None:
        """Return how many connections there may be in all; ``None`` for an embedded database."""

    async def aclose(self) -> None:
        """Close every connection."""
