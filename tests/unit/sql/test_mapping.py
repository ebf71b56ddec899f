"""A table maps to the entity whose fields it has, and a draft needs a rule for each field."""

from typing import Annotated, Any

import pytest
from sqlalchemy import MetaData, text
from sqlmodel import Field

from adapters.sql.entities.mapping import TableMapping
from adapters.sql.tables import Int64, Row, Text
from domain.damaged_text import DamagedText
from domain.drafts import Changes, draft
from domain.entity import Entity, entity
from domain.errors import InvalidEntity, NotFound
from domain.filters import TEXT_FILTERS
from domain.filters import Field as QueryField
from domain.query import Query, query_fields
from domain.rules import text as text_rule


class TowerNotFound(NotFound):
    kind = "Tower"


@draft
class TowerDraft:
    name: Annotated[str, text_rule]


class TowerChanges(Changes):
    draft = TowerDraft


@entity
class Tower(Entity):
    id: int
    name: str
    keeper: str | None
    height: int
    version: int


class TowerQuery(Query):
    fields = query_fields(name=QueryField(str, TEXT_FILTERS))


class Separate(Row):
    """Not among the tables of the service."""

    metadata = MetaData()


class TowerRow(Separate, table=True):
    __tablename__ = "tower_of_a_test"

    id: int | None = Field(default=None, primary_key=True, sa_type=Int64)
    name: str = Field(sa_type=Text)
    keeper: str | None = Field(default=None, sa_type=Text)
    height: int = Field(sa_type=Int64)
    version: int = Field(default=1, sa_type=Int64, sa_column_kwargs={"server_default": text("1")})


@pytest.fixture
def towers() -> Any:
    return TableMapping[Tower, TowerDraft, TowerQuery](TowerRow, Tower, TowerQuery, TowerNotFound)


@pytest.mark.parametrize(
    ("row", "shown"),
    [
        ((1, "a", None, 5, 1), (1, "a", None, 5, 1)),
        ((1, "a", "k", 5, 2), (1, "a", "k", 5, 2)),
        ((1, "a", b"\xff", 5, 1), (1, "a", "\ufffd", 5, 1)),
        ((1, "a", 1.5, 5, 1), (1, "a", None, 5, 1)),
        ((1, "a", 7, "high", 1), (1, "a", "7", 0, 1)),
        ((1, None, None, None, None), (1, "", None, 0, 1)),
    ],
)
def test_a_row_of_any_table_is_shown_by_the_same_rule(
    towers: TableMapping[Tower, TowerDraft, TowerQuery],
    row: tuple[Any, ...],
    shown: tuple[Any, ...],
) -> None:
    assert Tower(*shown) == towers.to_entity(row)
    assert [Tower(*shown)] == towers.to_shown_entities([row])
    assert (row == shown) is towers.rules.is_regular(row)
    assert (row == shown) is towers.rules.are_mappable([row, (2, "b", None, 6, 1)])


def test_a_damaged_text_of_a_nullable_column_maps_as_it_is(
    towers: TableMapping[Tower, TowerDraft, TowerQuery],
) -> None:
    rows = [(1, "a", DamagedText(b"\xff"), 5, 1), (2, "b", None, 6, 1)]

    assert towers.rules.are_mappable(rows)
    assert ["keeper"] == towers.rules.irregular_columns(rows[0])
    assert not towers.rules.has_mistyped_sort_values(rows)


def test_a_table_without_the_fields_of_the_entity_is_refused() -> None:
    @entity
    class Other(Entity):
        id: int
        keeper: str | None
        name: str
        version: int

    with pytest.raises(TypeError, match="tower_of_a_test has the columns id, name, keeper"):
        TableMapping[Other, TowerDraft, TowerQuery](TowerRow, Other, TowerQuery, TowerNotFound)


def test_a_query_that_takes_a_nullable_column_for_another_is_refused() -> None:
    class KeeperQuery(Query):
        fields = query_fields(keeper=QueryField(str, TEXT_FILTERS))

    message = "KeeperQuery.keeper has nullable=False, but tower_of_a_test.keeper has nullable=True"
    with pytest.raises(TypeError, match=message):
        TableMapping[Tower, TowerDraft, KeeperQuery](TowerRow, Tower, KeeperQuery, TowerNotFound)


def test_a_column_of_another_type_is_refused() -> None:
    class Flag(Separate, table=True):
        __tablename__ = "flag_of_a_test"

        id: int | None = Field(default=None, primary_key=True, sa_type=Int64)
        is_up: bool
        version: int = Field(sa_type=Int64)

    with pytest.raises(TypeError, match="is_up is neither a text nor an integer"):
        TableMapping[Tower, TowerDraft, TowerQuery](Flag, Tower, TowerQuery, TowerNotFound)


def test_a_field_of_a_draft_needs_a_rule() -> None:
    with pytest.raises(TypeError, match="field name needs a rule"):

        @draft
        class Draft:
            name: str


def test_changes_follow_the_rules_of_their_draft() -> None:
    assert {"name": "Pharos"} == TowerChanges({"name": "Pharos"}).values
    for values in ({"name": " "}, {"id": 7}, {"keeper": None}):
        with pytest.raises(InvalidEntity):
            TowerChanges(values)
