"""The rules of heroes, drafts and changes."""

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidEntity
from domain.hero import Hero, HeroChanges, HeroDraft
from domain.rules import INT64_MAX, TEXT_MAX, count, optional_text

HERO = Hero(1, "Deadpond", "Dive Wilson", None, version=1)

if TYPE_CHECKING:
    HERO.age = 28  # type: ignore[misc]  # mypy reports an unused ignore if this is allowed

BROKEN_TEXTS = {
    "string_type": None,
    "string_blank": " \t\u3000",
    "string_too_long": "x" * (TEXT_MAX + 1),
    "string_nul": "Dead\0pond",
    "string_unicode": "Dead\ud800pond",
}
BROKEN_AGES = {
    "int_type": "28",
    "greater_than_equal": -1,
    "less_than_equal": INT64_MAX + 1,
}
BROKEN = [
    *(("name", code, text) for code, text in BROKEN_TEXTS.items()),
    *(("secret_name", code, text) for code, text in BROKEN_TEXTS.items()),
    *(("age", code, age) for code, age in BROKEN_AGES.items()),
]


@pytest.mark.parametrize(("field", "code", "value"), BROKEN)
def test_an_invalid_draft_raises_invalid_hero_with_field_and_code(
    field: str, code: str, value: object
) -> None:
    values = {"name": "Deadpond", "secret_name": "Dive Wilson", "age": 28, field: value}

    with pytest.raises(InvalidEntity) as refused:
        HeroDraft(**values)  # type: ignore[arg-type]

    assert [(field, code)] == [(v.field, v.code) for v in refused.value.violations]


@pytest.mark.parametrize(("field", "code", "value"), BROKEN)
def test_an_invalid_change_raises_invalid_hero_with_field_and_code(
    field: str, code: str, value: object
) -> None:
    with pytest.raises(InvalidEntity) as refused:
        HeroChanges({field: value})

    assert [(field, code)] == [(v.field, v.code) for v in refused.value.violations]


def test_all_violations_are_reported_together() -> None:
    with pytest.raises(InvalidEntity) as refused:
        HeroDraft(name="", secret_name="\0x", age=-1)

    assert ["name", "secret_name", "age"] == [v.field for v in refused.value.violations]


def test_the_bounds_are_inclusive() -> None:
    draft = HeroDraft(name="x", secret_name="x" * TEXT_MAX, age=INT64_MAX)

    assert ("x", "x" * TEXT_MAX, INT64_MAX) == (draft.name, draft.secret_name, draft.age)
    assert HeroDraft(name="x", secret_name="y", age=0).age == 0
    assert HeroDraft(name="x", secret_name="y").age is None


@pytest.mark.parametrize(
    ("value", "code"),
    [(0, None), (INT64_MAX, None), (-1, "greater_than_equal"), (None, "int_type")],
)
def test_a_count_is_not_negative_and_not_null(value: object, code: str | None) -> None:
    violation = count("height", value)

    assert (violation.code if violation else None) == code


@pytest.mark.parametrize(
    ("value", "code"), [(None, None), ("Ann", None), (" ", "string_blank"), (7, "string_type")]
)
def test_an_optional_text_is_null_or_not_blank(value: object, code: str | None) -> None:
    violation = optional_text("keeper", value)

    assert (violation.code if violation else None) == code


@pytest.mark.parametrize("field", ["id", "version", "nickname"])
def test_a_read_only_or_unknown_field_is_refused(field: str) -> None:
    with pytest.raises(InvalidEntity) as refused:
        HeroChanges({field: 7})

    assert [(field, "unknown_field")] == [(v.field, v.code) for v in refused.value.violations]


def test_an_error_message_does_not_contain_the_value() -> None:
    with pytest.raises(InvalidEntity) as refused:
        HeroDraft(name="x", secret_name="Dive\0Wilson")

    assert "Dive" not in str(refused.value)


def test_no_repr_contains_the_secret_name() -> None:
    changes = HeroChanges({"secret_name": "Dive Wilson"})

    assert "Dive" not in repr((HERO, HeroDraft("Deadpond", "Dive Wilson"), changes))


def test_a_change_increments_the_version_and_keeps_other_fields() -> None:
    expected = Hero(1, "Deadpond", "Dive Wilson", 28, version=2)

    assert expected == HERO.apply(HeroChanges({"age": 28}))


@pytest.mark.parametrize("changes", [{}, {"age": None}, {"name": "Deadpond"}])
def test_a_change_to_equal_values_returns_the_same_hero(changes: dict[str, object]) -> None:
    assert HERO.apply(HeroChanges(changes)) is HERO


def test_a_stored_hero_is_not_validated() -> None:
    old = Hero(1, "", "\0", -5, version=1)

    assert Hero(1, "", "\0", 28, version=2) == old.apply(HeroChanges({"age": 28}))


@given(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=TEXT_MAX)
)
def test_any_storable_text_that_is_not_blank_is_a_valid_name(text: str) -> None:
    if text.strip():
        assert text == HeroDraft(name=text, secret_name="x").name
    else:
        with pytest.raises(InvalidEntity):
            HeroDraft(name=text, secret_name="x")
