"""Apply Alembic revisions in the transaction of a connection."""

from collections.abc import Sequence

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from adapters.migrations.errors import SchemaMismatch
from adapters.migrations.expected_columns import REQUIRED_COLUMNS
from adapters.migrations.required_values import check_required_values
from adapters.migrations.usable_tables import check_tables
from adapters.migrations.version_table import (
    create_version_table,
    describe_missing,
    is_supported_by_this_release,
    revisions,
)
from service_layer.errors import NewerSchema, UnsupportedSchema


def pending(connection: Connection) -> Sequence[str]:
    """Return the same as ``needed``, but raise ``NewerSchema`` if a newer release has migrated."""
    found = needed(connection)
    if unknown := _unknown_revisions(connection):
        raise NewerSchema(
            f"its schema has the revision {unknown} of a newer release; this release works with it"
        )
    return found


def needed(connection: Connection) -> Sequence[str]:
    """Return the revisions that this release needs and that are not applied yet, oldest first.

    There are none if a newer release has migrated the database and this release works with it. If
    it does not, ``UnsupportedSchema`` is raised. Raises ``SchemaMismatch`` if none is needed and
    the tables lack something, or if they can never take a row of the service.
    """
    check_required_values(connection)
    check_tables(connection)
    if unknown := _unknown_revisions(connection):
        if not is_supported_by_this_release(connection):
            raise UnsupportedSchema(
                f"its schema has the revision {unknown} of a newer release, "
                "which this release does not work with; upgrade the service"
            )
        found: Sequence[str] = []
    else:
        scripts = ScriptDirectory.from_config(_config())
        steps = scripts.iterate_revisions("head", tuple(revisions(connection)))
        found = [step.revision for step in steps][::-1]
    if not found:
        _check_tables(connection)
    return found


def _unknown_revisions(connection: Connection) -> str:
    return ", ".join(set(revisions(connection)) - set(history()))


def history() -> Sequence[str]:
    """Return all revisions, oldest first."""
    scripts = ScriptDirectory.from_config(_config())
    return [step.revision for step in scripts.walk_revisions()][::-1]


def apply(connection: Connection) -> Sequence[str]:
    """Apply the pending revisions in the connection's transaction, and return them.

    The transaction must hold a lock. If several processes start at the same time, the first one
    migrates, and the others wait and then find no pending revision.
    """
    applied = needed(connection)
    if applied:
        create_version_table(connection)
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        _check_tables(connection)
    return applied


def _check_tables(connection: Connection) -> None:
    """Raise ``SchemaMismatch`` unless the tables have what this release needs."""
    if missing := describe_missing(inspect(connection), REQUIRED_COLUMNS):
        raise SchemaMismatch(
            f"its schema has no {', no '.join(missing)}, although all migrations were applied; "
            "add what is missing, or restore a backup"
        )


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "adapters:migrations")
    config.set_main_option("path_separator", "os")
    return config
