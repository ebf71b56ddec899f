"""Types of fields: what is accepted on the wire, and how the OpenAPI document says it."""

from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

from domain.rules import INT64_MAX, TEXT_MAX

MOST_DIGITS = 4_300
"""Most digits of a number that Python reads from text."""

BEYOND = INT64_MAX + 1
"""An id that no column can hold."""

WHITE_SPACE = r"\t-\r\x1c- \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
r"""What ``str.isspace`` calls white space, spelled out: ``\s`` differs between regex engines."""

STORABLE_TEXT = rf"^[^\x00]*[^\x00{WHITE_SPACE}][^\x00]*$"

Text = Annotated[
    str,
    WithJsonSchema(
        {"type": "string", "minLength": 1, "maxLength": TEXT_MAX, "pattern": STORABLE_TEXT}
    ),
]
"""A string as ``domain.rules.text`` accepts it."""

Count = Annotated[
    int, WithJsonSchema({"type": "integer", "minimum": 0, "exclusiveMaximum": INT64_MAX + 1})
]
"""An integer as ``domain.rules.optional_count`` accepts it.

The bound is exclusive because FastAPI reads it as a float, which holds a power of two exactly.
"""


def _within_reach(value: object) -> object:
    """Stand in for a number of so many digits that Python refuses to read it."""
    if isinstance(value, str) and len(value) > MOST_DIGITS:
        digits = value.strip().lstrip("+-").replace("_", "")
        return BEYOND if digits.isdecimal() else value
    return value


Id = Annotated[int, BeforeValidator(_within_reach)]
"""Any integer, however large: an id that nothing has is not found, it is not invalid."""


def without_defaults(schema: dict[str, Any]) -> None:
    """Take the defaults out of a schema where a field that is left out has no value at all."""
    for field in schema["properties"].values():
        field.pop("default", None)
