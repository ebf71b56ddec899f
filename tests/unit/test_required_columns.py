"""A start checks the columns that the tables declare."""

from adapters.migrations.expected_columns import REQUIRED_COLUMNS
from adapters.sql.repositories import metadata


def test_the_columns_that_a_start_requires_are_those_of_the_declared_tables() -> None:
    declared = {name: set(table.columns.keys()) for name, table in metadata.tables.items()}

    assert declared == REQUIRED_COLUMNS
