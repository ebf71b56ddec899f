"""Validation of queries, and their sort order."""

import pytest

from domain.errors import InvalidQuery
from domain.filters import Filter, Operator
from domain.hero import Hero, HeroQuery
from domain.query import Position, SortKey

ID, NAME, AGE = SortKey("id"), SortKey("name"), SortKey("age")
NAME_DESCENDING, ID_DESCENDING = SortKey("name", descending=True), SortKey("id", descending=True)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ((), (ID,)),
        ((NAME,), (NAME, ID)),
        ((NAME_DESCENDING, AGE), (NAME_DESCENDING, AGE, ID)),
        ((NAME, ID_DESCENDING), (NAME, ID_DESCENDING)),
        ((NAME, ID_DESCENDING, AGE), (NAME, ID_DESCENDING)),
        ((NAME, NAME_DESCENDING), (NAME, ID)),
        ((ID, NAME, ID_DESCENDING), (ID,)),
    ],
)
def test_the_id_is_the_last_sort_key_and_redundant_keys_are_dropped(
    given: tuple[SortKey, ...], expected: tuple[SortKey, ...]
) -> None:
    assert expected == HeroQuery(sort=given, limit=1).sort


def test_a_position_is_the_tuple_of_sort_key_values() -> None:
    hero = Hero(3, "Deadpond", "Dive Wilson", None, version=1)

    assert (None, "Deadpond", 3) == HeroQuery(sort=(AGE, NAME), limit=1).position_of(hero)


@pytest.mark.parametrize(
    ("wrong", "name", "code"),
    [
        (Filter("secret_name", Operator.EQ, "x"), "secret_name", "unknown_filter"),
        (Filter("nickname", Operator.EQ, "x"), "nickname", "unknown_filter"),
        (Filter("id", Operator.EQ, 1), "id", "unknown_filter"),
        (Filter("name", Operator.GTE, "x"), "name__gte", "unknown_filter"),
        (Filter("age", Operator.CONTAINS, 1), "age__contains", "unknown_filter"),
        (Filter("name", Operator.CONTAINS, "\0"), "name__contains", "string_nul"),
        (Filter("name", Operator.EQ, "\ud800"), "name", "string_unicode"),
        (Filter("name", Operator.EQ, 1), "name", "string_type"),
        (Filter("age", Operator.GTE, "1"), "age__gte", "int_type"),
        (Filter("age", Operator.EQ, value=True), "age", "int_type"),
        (Filter("age", Operator.LTE, 2**63), "age__lte", "less_than_equal"),
        (Filter("age", Operator.EQ, -(2**63) - 1), "age", "greater_than_equal"),
        (Filter("age", Operator.ISNULL, 1), "age__isnull", "bool_type"),
    ],
)
def test_an_unknown_filter_or_an_invalid_value_is_refused(
    wrong: Filter, name: str, code: str
) -> None:
    with pytest.raises(InvalidQuery) as refused:
        HeroQuery(filters=(wrong,), limit=1)

    assert [(name, code)] == [(v.field, v.code) for v in refused.value.violations]


def test_a_repeated_filter_is_reported_once() -> None:
    twice = (Filter("age", Operator.GTE, 1), Filter("age", Operator.GTE, 2))

    with pytest.raises(InvalidQuery) as refused:
        HeroQuery(filters=twice, limit=1)

    assert [("age__gte", "repeated")] == [(v.field, v.code) for v in refused.value.violations]


@pytest.mark.parametrize("field", ["secret_name", "version", "nickname", ""])
def test_an_undeclared_field_is_not_a_sort_key(field: str) -> None:
    with pytest.raises(InvalidQuery) as refused:
        HeroQuery(sort=(SortKey(field),), limit=1)

    assert [("sort", "sort_keys")] == [(v.field, v.code) for v in refused.value.violations]


@pytest.mark.parametrize(
    "position",
    [(), (1,), (1, 2, 3), ("1", 2), (1, None), (1, "2"), (True, 2), (2**63, 2), (1.0, 2)],
)
def test_an_impossible_position_is_refused(position: Position) -> None:
    with pytest.raises(InvalidQuery) as refused:
        HeroQuery(sort=(AGE,), limit=1, after=position)

    assert [("after", "position")] == [(v.field, v.code) for v in refused.value.violations]


@pytest.mark.parametrize(("offset", "limit"), [(-1, 1), (0, -1), (2**63, 1), (0, 2**63)])
def test_an_offset_or_limit_out_of_range_is_refused(offset: int, limit: int) -> None:
    with pytest.raises(InvalidQuery):
        HeroQuery(offset=offset, limit=limit)


def test_an_error_message_does_not_contain_the_value() -> None:
    with pytest.raises(InvalidQuery) as refused:
        HeroQuery(filters=(Filter("name", Operator.EQ, "Dive\0Wilson"),), limit=1)

    assert "Dive" not in str(refused.value)
