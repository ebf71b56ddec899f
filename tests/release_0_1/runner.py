"""Apply Alembic revisions in the transaction of a connection."""

from collections.abc import Sequence

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.script.revision import RevisionError
from alembic.util import CommandError
from sqlalchemy import Connection

from tests.release_0_1.errors import SchemaMismatch


def pending(connection: Connection) -> Sequence[str]:
    """Return the revisions that are not applied yet, oldest first.

    Raises ``SchemaMismatch`` if the revision of the database is unknown.
    """
    current = MigrationContext.configure(connection).get_current_heads()
    try:
        steps = ScriptDirectory.from_config(_config()).iterate_revisions("head", current)
        return [step.revision for step in steps][::-1]
    except (CommandError, RevisionError):
        unknown = ", ".join(current)
        raise SchemaMismatch(
            f"its schema has the unknown revision {unknown}; upgrade the service"
        ) from None


def history() -> Sequence[str]:
    """Return all revisions, oldest first."""
    scripts = ScriptDirectory.from_config(_config())
    return [step.revision for step in scripts.walk_revisions()][::-1]


def apply(connection: Connection) -> Sequence[str]:
    """Apply the pending revisions in the connection's transaction, and return them.

    The transaction must hold a lock. If several processes start at the same time, the first one
    migrates, and the others wait and then find no pending revision.
    """
    revisions = pending(connection)
    if revisions:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return revisions


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "tests:release_0_1")
    config.set_main_option("path_separator", "os")
    return config
