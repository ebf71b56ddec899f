"""Which stored values do not have the type of their column, in the tables of all aggregates.

The module that maps an aggregate's rows has the rule by which they are shown.
"""

from collections.abc import Sequence
from functools import lru_cache
from types import NoneType
from typing import Any

from sqlalchemy import String, Table

from adapters.sql.tables import metadata


def entity_tables() -> Sequence[Table]:
    """Return the tables whose rows are entities, by name: those that have versions."""
    return [table for table in metadata.sorted_tables if "version" in table.columns]


def indexed_fields(table: Table) -> Sequence[str]:
    """Return the columns by which an index finds rows, apart from the id."""
    return sorted({index.columns[0].name for index in table.indexes})


def irregular_columns(table: Table, row: Sequence[Any]) -> Sequence[str]:
    """Return the names of the columns whose value in this row is irregular."""
    return [
        name
        for (name, types), value in zip(_regular_types(table), row, strict=True)
        if type(value) not in types
    ]


@lru_cache
def _regular_types(table: Table) -> Sequence[tuple[str, frozenset[type]]]:
    """Return the types of regular values by column. A ``DamagedText`` is none."""
    return [
        (
            column.name,
            frozenset({str if isinstance(column.type, String) else int})
            | ({NoneType} if column.nullable else set()),
        )
        for column in table.columns
    ]
