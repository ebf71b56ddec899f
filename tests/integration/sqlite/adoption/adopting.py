"""Adoption of the tutorial's file."""

import pytest

from tests.integration.tutorial_database import ID_FIRST, ID_LAST

BOTH_ORDERS = pytest.mark.parametrize("columns", [ID_LAST, ID_FIRST], ids=["id last", "id first"])
"""The two possible column orders of the tutorial's table."""
