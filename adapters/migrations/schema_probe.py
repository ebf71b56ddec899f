"""A statement that finds out at little cost whether the schema may have changed.

It reads the recorded revision, and no row of the tables. It fails if one of them, or a column that
the statements of this release use, is missing::

    SELECT version_num FROM version_table
    WHERE NOT EXISTS (SELECT t.id, t.name, ... FROM t WHERE false) AND NOT EXISTS ...
"""

from sqlalchemy import column, exists, false, select, table

from adapters.migrations.expected_columns import REQUIRED_COLUMNS
from adapters.migrations.version_table import VERSION_TABLE

_VERSIONS = table(VERSION_TABLE, column("version_num"))
_TABLES = [table(name, *map(column, sorted(columns))) for name, columns in REQUIRED_COLUMNS.items()]

SCHEMA_PROBE = select(_VERSIONS.c.version_num).where(
    *(~exists(select(*each.columns).where(false())) for each in _TABLES)
)
"""Returns the recorded revision."""
