"""The database port: units of work, migrations, backups, capacity, start and shutdown."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

from service_layer.backup import Backup, Progress, Restored
from service_layer.telemetry.measurements import Measurement
from service_layer.telemetry.spans import Spans
from service_layer.unit_of_work import ReadOnlyUnitOfWork, UnitOfWorkFactory


class IrregularRow(NamedTuple):
    """A row with values outside the type of their columns."""

    table: str
    id: int
    columns: Sequence[str]
    """The names of those columns."""


@dataclass(frozen=True, slots=True)
class Replica:
    """A server that only reads use, as it was found."""

    name: str
    """The URL without its password."""

    pending: Sequence[str] = ()
    """The revisions that it lacks."""

    lag: float | None = None
    """Seconds by which it is behind its primary, if that is known."""

    note: str = ""
    """What an operator should know, although reads work."""

    failure: str = ""
    """Why it can not be used."""


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

    @property
    def holds_last_copy(self) -> bool:
        """Whether the process may have the only copy of a database open: it must not be killed."""

    def recover(self) -> None:
        """Finish what an earlier process has left behind. Call it before the migrations.

        Blocks and raises like ``migrate``.
        """

    def pending(self) -> Sequence[str]:
        """Return the revisions that are not applied yet, oldest first.

        Blocks and raises like ``migrate``, and ``NewerSchema`` if a newer release has migrated the
        database.
        """

    def migrate(self) -> Sequence[str]:
        """Apply all pending revisions and return them, oldest first.

        There are none if the schema is newer, and this release works with it.

        Blocks: do not call it in the thread of a running event loop. Raises ``UnusableDatabase``
        and ``StoreUnavailable``.
        """

    def check(self) -> Iterator[IrregularRow]:
        """Yield the rows with values outside the type of their column, by table and id.

        Reads all rows. Blocks and raises like ``migrate``.
        """

    def time_flushes(self) -> Iterable[float]:
        """Return the seconds that each of several small, durable writes takes, none in memory.

        They change no table. Blocks and raises like ``migrate``.
        """

    def inspect_replicas(self) -> Iterable[Replica]:
        """Return what is known of each replica, none if all reads use the primary. Blocks."""

    def backup(self, target: Path, progress: Progress, *, replace: bool) -> Backup:
        """Write a consistent copy to the file ``target``, while the database may be in use.

        ``replace`` is whether an existing file is replaced. Blocks. Raises ``BackupFailed``, and
        the errors of ``migrate``.
        """

    def restore(self, backup: Path, progress: Progress) -> Restored:
        """Replace the database by a copy of ``backup``, while nothing else has it open.

        Blocks. Raises like ``backup``.
        """

    def max_connections(self) -> int | None:
        """Return the server's connection limit for ordinary users, or ``None`` for a file."""

    def reading_primary(self) -> ReadOnlyUnitOfWork:
        """Return a unit of work that sees every commit, also if replicas serve other reads."""

    def data_version(self) -> int | None:
        """Return a number that differs from the last one if anything was committed since.

        By any process. ``None`` if the database cannot say it, or not without a wait. Raises
        ``StoreUnavailable``.
        """

    async def schema_revision(self) -> str:
        """Return the recorded revision of the schema, by a statement that reads no other row.

        It shows that the database answers, is the one that was opened, and has the tables and
        columns that the statements use; and that replicas do. Raises ``StoreUnavailable``, and its
        ``OutdatedSchema`` if one is missing.
        """

    def measure(self) -> Iterable[Measurement]:
        """Return what the engine has counted since the process started. Does not wait."""

    def trace(self, spans: Spans) -> None:
        """Record the units of work that are opened in traced requests from now on."""

    async def aopen(self) -> Sequence[str]:
        """Keep a connection to a file open, and watch it. Return warnings for the operator.

        Called after the migrations and before the first request, so that a restore finds the
        database in use. Does what ``recover`` does, and raises like it. Does not wait for a server.
        """

    async def aclose(self) -> None:
        """Close all connections."""
