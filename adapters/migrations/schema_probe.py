"""A statement that finds out at little cost whether the schema may have changed.

It reads the recorded revision, and no row of the tables. It fails if one of them, or a column that
the statements of this release use, is missing::

    SELECT version_num FROM version_table
    WHERE NOT EXISTS (SELECT t.id, t.name, ... FROM t WHERE false) AND NOT EXISTS ...
"""

from functools import lru_cache

from sqlalchemy import column, exists, false, select, table
from sqlalchemy.sql.base import Executable

from adapters.migrations.expected_columns import required_columns
from adapters.migrations.version_table import VERSION_TABLE


@lru_cache
def schema_probe() -> Executable:
    """Return the statement. It returns the recorded revision."""
    versions = table(VERSION_TABLE, column("version_num"))
    tables = [
        table(name, *map(column, sorted(columns))) for name, columns in required_columns().items()
    ]
    return select(versions.c.version_num).where(
        *(~exists(select(*each.columns).where(false())) for each in tables)
    )
