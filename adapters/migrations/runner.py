"""Apply Alembic revisions in the transaction of a connection."""

from collections.abc import Sequence

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.script.revision import RevisionError
from alembic.util import CommandError
from sqlalchemy import Connection, inspect

from adapters.migrations.errors import SchemaMismatch
from adapters.migrations.expected_columns import REQUIRED_COLUMNS
from adapters.migrations.version_table import create_version_table, missing_columns, revisions


def pending(connection: Connection) -> Sequence[str]:
    """Return the revisions that are not applied yet, oldest first.

    Raises ``SchemaMismatch`` if the revision of the database is unknown, or if none is pending
    and the tables lack something.
    """
    current = revisions(connection)
    try:
        steps = ScriptDirectory.from_config(_config()).iterate_revisions("head", tuple(current))
        found = [step.revision for step in steps][::-1]
    except (CommandError, RevisionError):
        unknown = ", ".join(current)
        raise SchemaMismatch(
            f"its schema has the unknown revision {unknown}; upgrade the service"
        ) from None
    if not found:
        _check_tables(connection)
    return found


def history() -> Sequence[str]:
    """Return all revisions, oldest first."""
    scripts = ScriptDirectory.from_config(_config())
    return [step.revision for step in scripts.walk_revisions()][::-1]


def apply(connection: Connection) -> Sequence[str]:
    """Apply the pending revisions in the connection's transaction, and return them.

    The transaction must hold a lock. If several processes start at the same time, the first one
    migrates, and the others wait and then find no pending revision.
    """
    applied = pending(connection)
    if applied:
        create_version_table(connection)
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        _check_tables(connection)
    return applied


def _check_tables(connection: Connection) -> None:
    """Raise ``SchemaMismatch`` unless the tables have what this release needs."""
    if missing := missing_columns(inspect(connection), REQUIRED_COLUMNS):
        raise SchemaMismatch(
            f"its schema has no {', no '.join(missing)}, although all migrations were applied; "
            "add what is missing, or restore a backup"
        )


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "adapters:migrations")
    config.set_main_option("path_separator", "os")
    return config
