"""The page of the settings says the range and the default that the code has."""

import re
from pathlib import Path

import pytest

from entrypoints.setting_texts import describe_default, describe_range
from entrypoints.settings import PREFIX, Settings

PAGE = (Path(__file__).parents[2] / "docs" / "settings.md").read_text()
ROWS = {
    name: (default, range_)
    for name, default, range_ in re.findall(
        r"^\| `(\w+)` \| (.*?) ?\| (.*?) ?\| ", PAGE, re.MULTILINE
    )
}


@pytest.mark.parametrize("name", Settings.model_fields)
def test_the_page_has_the_default_and_the_range_of_a_setting(name: str) -> None:
    field = Settings.model_fields[name]
    default = describe_default(field)

    expected = (default and f"`{default}`", describe_range(field))
    assert expected == ROWS[f"{PREFIX}{name.upper()}"]


def test_the_page_has_no_other_setting() -> None:
    assert {f"{PREFIX}{name.upper()}" for name in Settings.model_fields} == set(ROWS)
