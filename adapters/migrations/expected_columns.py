"""The columns by which a schema is recognized and checked."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from adapters.sql.tables import metadata

Columns = Mapping[str, AbstractSet[str]]

ADOPTED_COLUMNS: Columns = {"hero": {"id", "name", "secret_name", "age"}}
"""What an adopted table must have. Migrations add the rest."""

COLUMNS_OF_REVISIONS: Sequence[tuple[str, Columns]] = (
    ("0005", {"hero": {"version"}, "idempotent_answer": {"fingerprint", "owner", "body_size"}}),
    ("0003", {"hero": {"version"}, "idempotent_answer": {"fingerprint", "headers", "expires"}}),
)
"""Columns that only the revisions of this service add, newest revision first.

Revision 0004 changes only indexes. It can be repeated, so it is not distinguished from 0003.
"""


def required_columns() -> Columns:
    """Return what the statements of this release use, by table: all columns that are declared."""
    return {table.name: set(table.columns.keys()) for table in metadata.sorted_tables}


def generated_ids() -> Mapping[str, str]:
    """Return the column of each table whose values are generated and never reused."""
    return {
        table.name: table.primary_key.columns[0].name
        for table in metadata.sorted_tables
        if table.dialect_options["sqlite"]["autoincrement"]
    }
