"""The page of the settings says the range and the default that the code has."""

import re
from pathlib import Path

import pytest
from annotated_types import Ge, Gt, Le
from pydantic.fields import FieldInfo

from entrypoints.settings import PREFIX, Settings

PAGE = (Path(__file__).parents[2] / "docs" / "settings.md").read_text()
ROWS = {
    name: (default, range_)
    for name, default, range_ in re.findall(
        r"^\| `(\w+)` \| (.*?) ?\| (.*?) ?\| ", PAGE, re.MULTILINE
    )
}


def described_range(field: FieldInfo) -> str:
    """Return the range of a number as the page shows it, or an empty text."""
    above = [bound.gt for bound in field.metadata if isinstance(bound, Gt)]
    low = [bound.ge for bound in field.metadata if isinstance(bound, Ge)]
    high = [f"{bound.le:,}" for bound in field.metadata if isinstance(bound, Le)]
    if above:
        return f"> {above[0]}, ≤ {high[0]}"
    if high:
        return f"{low[0]} to {high[0]}"
    return f"≥ {low[0]}" if low else ""


def described_default(field: FieldInfo) -> str:
    if field.default is None or field.default == ():
        return ""
    default = field.default
    text = f"{default:g}" if isinstance(default, float) else str(default)
    return f"`{text.lower() if isinstance(default, bool) else text}`"


@pytest.mark.parametrize("name", Settings.model_fields)
def test_the_page_has_the_default_and_the_range_of_a_setting(name: str) -> None:
    field = Settings.model_fields[name]

    assert (described_default(field), described_range(field)) == ROWS[f"{PREFIX}{name.upper()}"]
