"""Brings a database's schema up to date, in a transaction that holds a lock."""

from collections.abc import Sequence

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.script.revision import RevisionError
from alembic.util import CommandError
from sqlalchemy import Connection

from adapters.migrations.errors import SchemaMismatch


def pending(connection: Connection) -> Sequence[str]:
    """Return the revisions not yet applied, first one first.

    Raises ``SchemaMismatch`` when the database is at a revision that this history does not have.
    """
    current = MigrationContext.configure(connection).get_current_heads()
    try:
        steps = ScriptDirectory.from_config(_config()).iterate_revisions("head", current)
        return [step.revision for step in steps][::-1]
    except (CommandError, RevisionError):
        newer = ", ".join(current)
        raise SchemaMismatch(
            f"its schema is at revision {newer}, which this version does not know"
        ) from None


def history() -> Sequence[str]:
    """Return all revisions there are, first one first."""
    scripts = ScriptDirectory.from_config(_config())
    return [step.revision for step in scripts.walk_revisions()][::-1]


def apply(connection: Connection) -> Sequence[str]:
    """Apply what is pending in the connection's transaction, and return what was applied.

    The transaction has to hold a lock: processes that start at once then take turns, the first does
    the work, and the others find nothing pending.
    """
    revisions = pending(connection)
    if revisions:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return revisions


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "adapters:migrations")
    config.set_main_option("path_separator", "os")
    return config
