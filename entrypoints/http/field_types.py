"""Field types: what a request may contain, and its JSON schema."""

from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

from domain.rules import INT64_MAX, TEXT_MAX

MAX_DIGITS = 4_300
"""Maximum number of digits that Python parses as an integer."""

NONEXISTENT_ID = INT64_MAX + 1
"""An id that no row can have: it does not fit into a column."""

WHITE_SPACE = r"\t-\r\x1c- \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
r"""The characters of ``str.isspace``, listed because ``\s`` differs between regex engines."""

STORABLE_TEXT = rf"^[{WHITE_SPACE}]*[^\x00{WHITE_SPACE}][^\x00]*$"
"""A text without NUL that is not blank. Regex engines match it in linear time."""

Text = Annotated[
    str,
    WithJsonSchema(
        {"type": "string", "minLength": 1, "maxLength": TEXT_MAX, "pattern": STORABLE_TEXT}
    ),
]
"""A string, documented as ``domain.rules.text`` accepts it."""

Count = Annotated[
    int, WithJsonSchema({"type": "integer", "minimum": 0, "exclusiveMaximum": INT64_MAX + 1})
]
"""An integer, documented as ``domain.rules.optional_count`` accepts it.

The maximum is exclusive because FastAPI converts it to a float, which represents 2**63 exactly.
"""


def _limit_digits(value: object) -> object:
    """Replace a number with more digits than Python parses by ``NONEXISTENT_ID``."""
    if isinstance(value, str) and len(value) > MAX_DIGITS:
        digits = value.strip().lstrip("+-").replace("_", "")
        return NONEXISTENT_ID if digits.isdecimal() else value
    return value


Id = Annotated[int, BeforeValidator(_limit_digits)]
"""An integer of any size. An id that is too large is not found (404), not invalid (422)."""


def remove_defaults(schema: dict[str, Any]) -> None:
    """Remove the defaults from a JSON schema: an omitted field has no value."""
    for field in schema["properties"].values():
        field.pop("default", None)
