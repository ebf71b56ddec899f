"""Field types: what a request may contain, and its JSON schema."""

import re
from typing import Annotated, Any

from pydantic import (
    BeforeValidator,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
    WrapValidator,
)
from pydantic_core import PydanticKnownError

from domain.rules import INT64_MAX, TEXT_MAX

INTEGER = re.compile("[+-]?[0-9]++(?:_[0-9]++)*+")
"""An integer as pydantic parses it, with any number of digits."""

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

INT64: dict[str, Any] = {"type": "integer", "format": "int64", "maximum": INT64_MAX}
"""The JSON schema of an integer. Without a format, generators choose 32 bits."""

Int64 = Annotated[int, WithJsonSchema(INT64)]
"""An integer of 64 bits."""

Count = Annotated[int, WithJsonSchema({**INT64, "minimum": 0})]
"""An integer, documented as ``domain.rules.count`` accepts it."""


def _parse_id(value: object, parse: ValidatorFunctionWrapHandler) -> int:
    """Return the id, or ``NONEXISTENT_ID`` for a number with more digits than Python parses.

    Pydantic ignores white space around a number, so that one entity would have many paths.
    """
    text = str(value)
    if text != text.strip():
        raise PydanticKnownError("int_parsing")
    try:
        return int(parse(value))
    except ValidationError:
        if INTEGER.fullmatch(text):
            return NONEXISTENT_ID
        raise


Id = Annotated[int, WrapValidator(_parse_id), WithJsonSchema(INT64)]
"""An integer of any size. An id that is too large is not found (404), not invalid (422)."""


def _check_number(value: object) -> object:
    """Return the value if it is a JSON number, and not a text or a boolean that means one."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PydanticKnownError("int_type")
    return value


NumericId = Annotated[int, BeforeValidator(_check_number), WithJsonSchema(INT64)]
"""An integer in a JSON body. JSON has one type of numbers: ``1.0`` is an integer."""


def remove_defaults(schema: dict[str, Any]) -> None:
    """Remove the defaults from a JSON schema: an omitted field has no value."""
    for field in schema["properties"].values():
        field.pop("default", None)
