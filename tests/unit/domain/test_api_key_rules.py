from typing import Any

import pytest

from domain.api_key import MAX_LIFETIME, MAX_SCOPES, ApiKeyDraft, InvalidApiKey

VALID: dict[str, Any] = {"name": "deploy", "scopes": frozenset({"a:read"}), "lifetime": None}


@pytest.mark.parametrize(
    "values",
    [
        {"name": "n" * 255},
        {"name": "ünï 🦸"},
        {"lifetime": 1},
        {"lifetime": MAX_LIFETIME},
        {"scopes": frozenset(map(str, range(MAX_SCOPES)))},
        {"scopes": frozenset({"!#[]~", "s" * 64})},
    ],
)
def test_the_bounds_are_inclusive(values: dict[str, Any]) -> None:
    draft = ApiKeyDraft(**VALID | values)

    assert values == {name: getattr(draft, name) for name in values}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", " "),
        ("name", "n" * 256),
        ("name", "a\0"),
        ("name", "\ud800"),
        ("lifetime", 0),
        ("lifetime", -1),
        ("lifetime", MAX_LIFETIME + 1),
        ("scopes", frozenset()),
        ("scopes", frozenset(map(str, range(MAX_SCOPES + 1)))),
        ("scopes", frozenset({"s" * 65})),
        ("scopes", frozenset({""})),
        ("scopes", frozenset({"a b"})),
        ("scopes", frozenset({'"'})),
        ("scopes", frozenset({"\\"})),
        ("scopes", frozenset({"a\n"})),
        ("scopes", frozenset({"é"})),
    ],
)
def test_other_values_are_refused_with_the_name_of_the_field(field: str, value: Any) -> None:
    with pytest.raises(InvalidApiKey) as refused:
        ApiKeyDraft(**VALID | {field: value})

    assert [field] == [violation.field for violation in refused.value.violations]


def test_all_violations_are_reported() -> None:
    with pytest.raises(InvalidApiKey) as refused:
        ApiKeyDraft("", frozenset(), 0)

    assert ["name", "scopes", "lifetime"] == [each.field for each in refused.value.violations]
