"""What is known of mistyped values is known of each table."""

import logging

import pytest
from sqlalchemy import Column, Index, MetaData, Table

from adapters.sql.hero_table import hero_table
from adapters.sql.irregular import indexed_fields, irregular_columns
from adapters.sql.mistyped import MistypedTables
from adapters.sql.tables import Int64, Text
from domain.damaged_text import DamagedText

CITIES = Table(
    "city",
    MetaData(),
    Column("id", Int64, primary_key=True),
    Column("name", Text, nullable=False),
    Column("mayor", Text),
    Column("size", Int64),
    Column("version", Int64, nullable=False),
    Index("ix_city_size_id", "size", "id"),
)


@pytest.mark.parametrize(
    ("row", "columns"),
    [
        ((1, "Zion", "Morpheus", 7, 1), []),
        ((1, "Zion", None, None, 1), []),
        ((1, None, 7, "7", None), ["name", "mayor", "size", "version"]),
        ((1, b"Zion", DamagedText(b"\xff"), 7.5, b""), ["name", "mayor", "size", "version"]),
    ],
)
def test_a_value_is_irregular_by_the_type_of_its_column(
    row: tuple[object, ...], columns: list[str]
) -> None:
    assert columns == irregular_columns(CITIES, row)


def test_only_fields_with_an_index_are_searched() -> None:
    assert ["size"] == indexed_fields(CITIES)


def test_what_one_table_has_is_not_assumed_of_another(caplog: pytest.LogCaptureFixture) -> None:
    mistyped = MistypedTables()

    with caplog.at_level(logging.WARNING):
        mistyped[CITIES].record(found=True)

    assert (True, False) == (mistyped[CITIES].has_mistyped, mistyped[CITIES].is_unchecked)
    assert (False, True) == (mistyped[hero_table].has_mistyped, mistyped[hero_table].is_unchecked)
    (message,) = caplog.messages
    assert message.startswith("the table city has ")
