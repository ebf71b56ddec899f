"""Find the pending revisions, and apply them in the transaction of a connection.

Alembic is imported only to apply some, because that takes a sixth of the time of a start. So the
revisions are listed here: their files are named by them, and each one follows the one before.
"""

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Connection, inspect

from adapters.migrations.errors import SchemaMismatch
from adapters.migrations.expected_columns import required_columns
from adapters.migrations.required_values import check_required_values
from adapters.migrations.usable_tables import check_tables
from adapters.migrations.version_table import (
    create_version_table,
    describe_missing,
    is_supported_by_this_release,
    revisions,
)
from service_layer.errors import NewerSchema, UnsupportedSchema

VERSIONS = Path(__file__).parent / "versions"


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
        applied = max(revisions(connection), default="")
        found = [revision for revision in history() if revision > applied]
    if not found:
        _check_tables(connection)
    return found


def _unknown_revisions(connection: Connection) -> str:
    return ", ".join(set(revisions(connection)) - set(history()))


def history() -> Sequence[str]:
    """Return all revisions, oldest first."""
    return sorted(path.name.partition("_")[0] for path in VERSIONS.glob("[0-9]*_*.py"))


def apply(connection: Connection) -> Sequence[str]:
    """Apply the pending revisions in the connection's transaction, and return them.

    The transaction must hold a lock. If several processes start at the same time, the first one
    migrates, and the others wait and then find no pending revision.
    """
    applied = needed(connection)
    if applied:
        create_version_table(connection)
        from adapters.migrations.alembic_upgrade import upgrade  # noqa: PLC0415

        upgrade(connection)
        _check_tables(connection)
    return applied


def _check_tables(connection: Connection) -> None:
    """Raise ``SchemaMismatch`` unless the tables have what this release needs."""
    if missing := describe_missing(inspect(connection), required_columns()):
        raise SchemaMismatch(
            f"its schema has no {', no '.join(missing)}, although all migrations were applied; "
            "add what is missing, or restore a backup"
        )
