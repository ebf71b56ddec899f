"""Values, defaults, ranges and meanings of settings as texts for people."""

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le
from pydantic.fields import FieldInfo


def format_value(value: object) -> str:
    """Return the value as an environment variable has it, in printable characters of one line.

    An empty text is a setting that is not set.
    """
    return "".join(
        char if char.isprintable() else ascii(char)[1:-1] for char in _to_variable(value)
    )


def describe_default(field: FieldInfo) -> str:
    """Return the default as an environment variable has it, or ``""`` without one."""
    return format_value(field.default)


def describe_range(field: FieldInfo) -> str:
    """Return the range of a number, such as ``1 to 1,000``, ``> 0, ≤ 60`` or ``≥ 1``, or ``""``."""
    above = [f"> {bound.gt:,}" for bound in field.metadata if isinstance(bound, Gt)]
    low = [f"{bound.ge:,}" for bound in field.metadata if isinstance(bound, Ge)]
    high = [f"{bound.le:,}" for bound in field.metadata if isinstance(bound, Le)]
    if low and high:
        return f"{low[0]} to {high[0]}"
    return ", ".join([*above, *(f"≥ {each}" for each in low), *(f"≤ {each}" for each in high)])


def choices(field: FieldInfo) -> Sequence[str]:
    """Return the values that the setting may have, or nothing if they are not enumerated."""
    return get_args(field.annotation) if get_origin(field.annotation) is Literal else ()


def describe_meaning(field: FieldInfo) -> str:
    """Return the first paragraph of the docstring of a setting, in one line of plain text."""
    paragraph, _, _ = (field.description or "").partition("\n\n")
    return re.sub(r"\s+", " ", paragraph.replace("``", "")).strip()


def _to_variable(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case float():
            return f"{value:.15g}"
        case AbstractSet():  # authentication methods, or none of them: None is not set
            return ",".join(sorted(map(str, value))) or "none"
        case tuple() | list():
            return ",".join(map(str, value))
        case _:
            return str(value)
