"""The repositories of a unit of work, and their tables: one line for each aggregate."""

from adapters.sql.entities.mapping import find_mappings
from adapters.sql.entities.repository import SqlRepository
from adapters.sql.hero_repository import HEROES
from adapters.sql.session import SqlExecutor
from adapters.sql.tables import metadata
from service_layer.unit_of_work import ReadOnlyUnitOfWork, UnitOfWork


def add_repositories(
    uow: UnitOfWork | ReadOnlyUnitOfWork, executor: SqlExecutor, *, locks: bool
) -> None:
    """Give a unit of work its repositories over one executor, the same for both kinds.

    ``locks`` is whether the unit of work writes, so that their ``get`` locks the row.
    """
    uow.heroes = SqlRepository(executor, HEROES, locks=locks)


MAPPINGS = find_mappings(metadata.sorted_tables)
"""How the entities of each aggregate are stored."""
