"""Rules that a value of any entity may have to keep.

A rule takes a field's name and a value of any type and returns the ``Violation``, or ``None`` when
the value is good. The codes are pydantic's where pydantic has one for the case, so that a client
meets one vocabulary whichever layer refuses.
"""

from collections.abc import Callable

from domain.errors import Violation

TEXT_MAX = 255
"""Most characters (Unicode code points) in a text."""

COUNT_MAX = 2**63 - 1
"""Largest count: what a signed 64-bit column holds."""

Rule = Callable[[str, object], Violation | None]


def text(field: str, value: object) -> Violation | None:
    """Accept 1 to ``TEXT_MAX`` storable characters that are not all white space.

    No database stores a lone surrogate as UTF-8, and PostgreSQL stores no NUL.
    """
    if not isinstance(value, str):
        return Violation(field, "string_type", "Input should be a valid string")
    if not value or value.isspace():
        return Violation(field, "string_blank", "String should not be blank")
    if len(value) > TEXT_MAX:
        return Violation(
            field, "string_too_long", f"String should have at most {TEXT_MAX} characters"
        )
    if "\0" in value:
        return Violation(field, "string_nul", "String should not contain the NUL character")
    if not _is_unicode(value):
        return Violation(field, "string_unicode", "String should not contain a lone surrogate")
    return None


def _is_unicode(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def optional_count(field: str, value: object) -> Violation | None:
    """Accept ``None``, or a whole number from 0 to ``COUNT_MAX``."""
    if value is None:
        return None
    if not isinstance(value, int):
        return Violation(field, "int_type", "Input should be a valid integer")
    if value < 0:
        return Violation(field, "greater_than_equal", "Input should be greater than or equal to 0")
    if value > COUNT_MAX:
        return Violation(
            field, "less_than_equal", f"Input should be less than or equal to {COUNT_MAX}"
        )
    return None
