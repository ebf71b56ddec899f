"""Rows map to heroes. Values outside the type of their column are shown by one rule."""

import sqlite3
from contextlib import closing
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import to_json

from adapters.sql.hero_rows import (
    are_mappable,
    has_mistyped_sort_values,
    is_regular,
    to_hero,
    to_heroes,
    to_shown_heroes,
)
from adapters.sql.hero_table import hero_table
from adapters.sql.irregular import irregular_columns
from adapters.sqlite.connections import fetch_all
from domain.damaged_text import DamagedText
from domain.hero import Hero

GOOD = (1, "Deadpond", "Dive Wilson", 28, 1)
DAMAGED = DamagedText(b"Ren\xe9e")


def replaced(index: int, value: object) -> tuple[Any, ...]:
    """Return the good row with another value."""
    return (*GOOD[:index], value, *GOOD[index + 1 :])


VALUES = st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1), st.floats(), st.text(), st.binary())


@pytest.mark.parametrize("age", [28, None])
def test_a_good_row_is_mapped_unchanged(age: int | None) -> None:
    row = (*GOOD[:3], age, 1)

    assert is_regular(row)
    assert are_mappable([row])
    assert Hero(*row) == to_hero(row)
    assert [Hero(*row)] == to_heroes([row])
    assert [] == irregular_columns(hero_table, row)


@pytest.mark.parametrize(
    ("index", "value", "shown"),
    [
        (1, b"Ren\xe9e", "Ren\ufffde"),
        (1, None, ""),
        (1, 12, "12"),
        (2, b"\xff", "\ufffd"),
        (2, None, ""),
        (3, "twelve", None),
        (3, "", None),
        (3, 12.5, None),
        (3, float("-inf"), None),
        (3, b"12", None),
        (4, "x", 1),
        (4, b"", 1),
    ],
)
def test_a_mistyped_value_is_noticed_and_shown(index: int, value: object, shown: object) -> None:
    row = replaced(index, value)

    assert not are_mappable([GOOD, row])
    assert not is_regular(row)
    assert Hero(*replaced(index, shown)) == to_hero(row)
    assert [("name", "secret_name", "age", "version")[index - 1]] == irregular_columns(
        hero_table, row
    )
    assert (index in {1, 3}) is has_mistyped_sort_values([GOOD, row])


def test_a_damaged_text_is_found_but_sorts_as_the_index_has_it() -> None:
    row = (1, DAMAGED, "s", 1, 1)

    assert are_mappable([row])
    assert not is_regular(row)
    assert not has_mistyped_sort_values([row])
    assert ["name"] == irregular_columns(hero_table, row)


def test_no_rows_are_no_heroes() -> None:
    assert are_mappable([])
    assert [] == to_shown_heroes([])


@given(st.lists(st.tuples(st.integers(1, 9), VALUES, VALUES, VALUES, VALUES), max_size=5))
def test_any_values_are_shown_as_their_types(rows: list[tuple[Any, ...]]) -> None:
    for hero in to_shown_heroes(rows):
        assert isinstance(hero.name, str)
        assert isinstance(hero.secret_name, str)
        assert hero.age is None or type(hero.age) is int
        assert type(hero.version) is int
        to_json([hero.name, hero.secret_name, hero.age])


@given(st.binary())
def test_sqlite_returns_any_bytes_of_a_text(stored: bytes) -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        ((text, good),) = fetch_all(connection, "SELECT CAST(? AS TEXT), 'good'", [stored])

        assert stored.decode(errors="replace") == text
        assert stored == (text.stored if isinstance(text, DamagedText) else text.encode())
        assert ("good", str) == (good, connection.text_factory)
