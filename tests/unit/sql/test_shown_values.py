"""Queries of a table with nullable and other columns compare what is shown for each row."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any, NamedTuple

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Index, MetaData, Table, select

from adapters.sql.entities.rows import RowRules
from adapters.sql.queries.select import select_page
from adapters.sql.queries.shown_values import as_shown, select_mistyped
from adapters.sql.tables import Int64, Text
from adapters.sqlite.connections import compile_statement, fetch_all
from domain.filters import NUMBER_FILTERS, TEXT_FILTERS, Field, Filter, Operator
from domain.query import Query, SortKey, query_fields
from tests.fakes import queries as in_memory

TOWERS = Table(
    "tower",
    MetaData(),
    Column("id", Int64, primary_key=True),
    Column("name", Text, nullable=False),
    Column("keeper", Text, nullable=True),
    Column("height", Int64, nullable=False),
    Column("floors", Int64, nullable=True),
    Column("version", Int64, nullable=False, server_default="1"),
)
QUERIED = ("name", "keeper", "height", "floors")
INDEXES = [Index(f"ix_tower_{name}_id", TOWERS.c[name], TOWERS.c.id) for name in QUERIED]
RULES = RowRules(TOWERS, QUERIED)

CREATE = "CREATE TABLE tower (id INTEGER PRIMARY KEY, name, keeper, height, floors, version)"

ANY = st.one_of(
    st.none(), st.integers(-3, 3), st.sampled_from([1.5, -9e999]), st.text("ab", max_size=2)
)
"""Values as SQLite stores them in a column without a type."""

REGULAR = st.tuples(
    st.sampled_from(["a", "b"]),
    st.none() | st.sampled_from(["a", "b"]),
    st.integers(0, 2),
    st.none() | st.integers(0, 2),
)

FIELDS = query_fields(
    name=Field(str, TEXT_FILTERS),
    keeper=Field(str, TEXT_FILTERS | {Operator.ISNULL}, nullable=True),
    height=Field(int, NUMBER_FILTERS),
    floors=Field(int, NUMBER_FILTERS, nullable=True),
)

SORTS = [(SortKey(name, descending),) for name in QUERIED for descending in (False, True)]
FILTERS = [
    (),
    (Filter("keeper", Operator.EQ, "a"),),
    (Filter("keeper", Operator.STARTSWITH, ""),),
    (Filter("keeper", Operator.ISNULL, value=True),),
    (Filter("keeper", Operator.ISNULL, value=False),),
    (Filter("height", Operator.EQ, 0),),
]


class TowerQuery(Query):
    fields = FIELDS


class Tower(NamedTuple):
    id: int
    name: str
    keeper: str | None
    height: int
    floors: int | None
    version: int


def stored(rows: Sequence[Sequence[Any]]) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    connection.execute(CREATE)
    connection.executemany(
        "INSERT INTO tower (name, keeper, height, floors, version) VALUES (?, ?, ?, ?, 1)", rows
    )
    return connection


def page(connection: sqlite3.Connection, query: TowerQuery, *, shown: bool) -> list[Tower]:
    statement, params = select_page(TOWERS, query, as_shown=shown)
    compiled = compile_statement(statement)
    rows = fetch_all(connection, compiled.text, compiled.bind(params))
    return [Tower(*RULES.show(row)) for row in rows]


def walk(connection: sqlite3.Connection, query: TowerQuery, *, shown: bool) -> Iterator[Tower]:
    """Yield the towers of pages of one each."""
    after = None
    while True:
        one = TowerQuery(filters=query.filters, sort=query.sort, limit=1, after=after)
        found = page(connection, one, shown=shown)
        if not found:
            return
        yield from found
        after = query.position_of(found[0])


def has_mistyped(connection: sqlite3.Connection) -> bool:
    search = compile_statement(select_mistyped(TOWERS, *QUERIED)).text
    return bool(fetch_all(connection, search, ()))


@given(st.lists(st.tuples(ANY, ANY, ANY, ANY), max_size=4))
def test_sql_shows_what_a_row_shows(rows: list[tuple[Any, ...]]) -> None:
    with closing(stored(rows)) as connection:
        statement = select(*[as_shown(TOWERS.c[name]) for name in QUERIED]).order_by(TOWERS.c.id)
        shown = fetch_all(connection, compile_statement(statement).text, ())

    expected = [RULES.show((1, *row, 1))[1:-1] for row in rows]
    assert expected == [
        [value.decode() if isinstance(value, bytes) else value for value in values]
        for values in shown
    ]


@given(st.lists(st.tuples(ANY, ANY, ANY, ANY), max_size=4))
def test_the_search_finds_the_rows_whose_values_are_mistyped(rows: list[tuple[Any, ...]]) -> None:
    mistyped = RULES.has_mistyped_sort_values([(1, *row, 1) for row in rows])

    with closing(stored(rows)) as connection:
        assert mistyped is has_mistyped(connection)


@given(
    rows=st.lists(REGULAR, max_size=5),
    sort=st.sampled_from(SORTS),
    filters=st.sampled_from(FILTERS),
    shown=st.booleans(),
)
def test_a_walk_returns_all_rows_in_order(
    rows: list[tuple[Any, ...]],
    sort: tuple[SortKey, ...],
    filters: tuple[Filter, ...],
    shown: bool,  # noqa: FBT001 - hypothesis chooses it
) -> None:
    query = TowerQuery(filters=filters, sort=sort, limit=10)
    towers = [Tower(*(number, *row, 1)) for number, row in enumerate(rows, start=1)]

    with closing(stored(rows)) as connection:
        assert in_memory.find_all(query, towers) == list(walk(connection, query, shown=shown))
