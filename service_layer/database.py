"""The database port: units of work, migrations, capacity and shutdown."""

from collections.abc import Sequence
from typing import Protocol

from service_layer.unit_of_work import UnitOfWorkFactory


class Database(UnitOfWorkFactory, Protocol):
    """A database, independent of the engine."""

    name: str
    """The URL without its password, for logs and messages."""

    is_embedded: bool
    """Whether the database runs in this process, as SQLite does. A server can be unreachable."""

    is_in_memory: bool
    """Whether the data is lost when the connections close. Each process creates the schema."""

    connections: int
    """Maximum number of connections of a process, without those to replicas."""

    concurrency: int
    """Recommended number of concurrent requests of a process."""

    def pending(self) -> Sequence[str]:
        """Return the revisions that are not applied yet, oldest first.

        Blocks and raises like ``migrate``.
        """

    def migrate(self) -> Sequence[str]:
        """Apply all pending revisions and return them, oldest first.

        Blocks: do not call it in the thread of a running event loop. Raises ``UnusableDatabase``
        and ``StoreUnavailable``.
        """

    def max_connections(self) -> int | None:
        """Return the server's connection limit for ordinary users, or ``None`` for a file."""

    async def aclose(self) -> None:
        """Close all connections."""
