"""The rule for a field that refers to another entity."""

import pytest

from domain.errors import Violation
from domain.rules import INT64_MAX, INT64_MIN, optional_id


@pytest.mark.parametrize("value", [None, 0, 1, INT64_MIN, INT64_MAX])
def test_nothing_and_every_id_are_valid(value: object) -> None:
    assert optional_id("team_id", value) is None


@pytest.mark.parametrize("value", ["1", True, 1.0, INT64_MAX + 1, INT64_MIN - 1])
def test_what_no_entity_can_have_as_its_id_is_invalid(value: object) -> None:
    assert isinstance(optional_id("team_id", value), Violation)
