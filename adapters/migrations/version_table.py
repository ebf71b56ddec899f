"""The revision of a database, and the oldest release that works with its schema.

The service has a version table of its own: ``alembic_version`` may be that of the user's app.
Release 0.1 used ``alembic_version`` too. Its databases are recognized by their tables and columns.
The old row is neither read nor changed, so that release 0.1 still starts.
"""

import re
from collections.abc import Sequence
from importlib.metadata import version

from sqlalchemy import Connection, Inspector, inspect, text

from adapters.migrations.errors import SchemaMismatch
from adapters.migrations.expected_columns import COLUMNS_OF_REVISIONS, Columns
from adapters.migrations.inspection import find_table, get_columns

VERSION_TABLE = "heroes_schema_version"

CREATE_TABLE = text(
    f"CREATE TABLE {VERSION_TABLE} "
    f"(version_num VARCHAR(32) NOT NULL CONSTRAINT {VERSION_TABLE}_pkc PRIMARY KEY)"
)
INSERT_REVISION = text(f"INSERT INTO {VERSION_TABLE} (version_num) VALUES (:revision)")  # noqa: S608 - a constant
REVISIONS = text(f"SELECT version_num FROM {VERSION_TABLE} LIMIT 2")  # noqa: S608 - a constant
SELECT_OLDEST_RELEASE = text(f"SELECT oldest_release FROM {VERSION_TABLE}")  # noqa: S608 - a constant

_REVISION = re.compile(r"[0-9]{4}")
_RELEASE = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9}){0,3}")


def revisions(connection: Connection) -> Sequence[str]:
    """Return the current revision, from the version table or from the tables themselves.

    Raises ``SchemaMismatch`` if the version table is not what the service has written.
    """
    inspector = inspect(connection)
    if not inspector.has_table(VERSION_TABLE):
        return _infer_revisions(inspector)
    columns = get_columns(inspector, VERSION_TABLE).keys()
    found = connection.scalars(REVISIONS).all() if "version_num" in columns else [None, None]
    if len(found) > 1 or not all(_REVISION.fullmatch(str(each)) for each in found):
        raise SchemaMismatch(
            f"its table {VERSION_TABLE} does not hold a revision of this service; restore a backup"
        )
    return [str(each) for each in found]


def create_version_table(connection: Connection) -> None:
    """Create the version table with the evident revision, if there is no version table."""
    inspector = inspect(connection)
    if inspector.has_table(VERSION_TABLE):
        return
    evident = _infer_revisions(inspector)
    connection.execute(CREATE_TABLE)
    for revision in evident:
        connection.execute(INSERT_REVISION, {"revision": revision})


def is_supported_by_this_release(connection: Connection) -> bool:
    """Return whether the version table says that this release works with the schema."""
    if describe_missing(inspect(connection), {VERSION_TABLE: {"oldest_release"}}):
        return False
    oldest = str(connection.scalar(SELECT_OLDEST_RELEASE))
    return bool(_RELEASE.fullmatch(oldest)) and _numbers(oldest) <= _numbers(version("heroes"))


def _numbers(release: str) -> tuple[int, ...]:
    """Return the numbers of a release such as 0.1.0."""
    return tuple(int(number) for number in re.findall(r"\d+", release))


def describe_missing(inspector: Inspector, required: Columns) -> Sequence[str]:
    """Return the tables and columns that are missing, as words for a sentence."""
    missing: list[str] = []
    for table, columns in required.items():
        if find_table(inspector, table) is None:
            missing.append(f"table {table}")
            continue
        present = get_columns(inspector, table).keys()
        missing += [f"column {table}.{column}" for column in sorted(columns - present)]
    return missing


def _infer_revisions(inspector: Inspector) -> Sequence[str]:
    for revision, columns in COLUMNS_OF_REVISIONS:
        if not describe_missing(inspector, columns):
            return [revision]
    return []
