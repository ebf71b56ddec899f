"""Rules that a value of any entity may have to keep.

A rule takes a field's name and a value of any type and returns the ``Violation``, or ``None`` when
the value is good. The codes are pydantic's where pydantic has one for the case, so that a client
meets one vocabulary whichever layer refuses.
"""

from collections.abc import Callable

from domain.errors import Violation

TEXT_MAX = 255
"""Most characters (Unicode code points) in a text."""

INT64_MAX = 2**63 - 1
"""Largest number that a signed 64-bit column holds."""

INT64_MIN = -(2**63)
"""Smallest number that such a column holds."""

Rule = Callable[[str, object], Violation | None]


def text(field: str, value: object) -> Violation | None:
    """Accept 1 to ``TEXT_MAX`` storable characters that are not all white space."""
    if isinstance(value, str):
        if not value or value.isspace():
            return Violation(field, "string_blank", "String should not be blank")
        if len(value) > TEXT_MAX:
            return Violation(
                field, "string_too_long", f"String should have at most {TEXT_MAX} characters"
            )
    return storable(field, value)


def storable(field: str, value: object) -> Violation | None:
    """Accept any text that every database takes, be it blank or long.

    None stores a lone surrogate as UTF-8, and PostgreSQL takes no NUL.
    """
    if isinstance(value, str) and "\0" in value:
        return Violation(field, "string_nul", "String should not contain the NUL character")
    return unicode_text(field, value)


def unicode_text(field: str, value: object) -> Violation | None:
    """Accept any text that has a form in UTF-8."""
    if not isinstance(value, str):
        return Violation(field, "string_type", "Input should be a valid string")
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
    """Accept ``None``, or a whole number from 0 to ``INT64_MAX``."""
    return None if value is None else _whole_number(field, value, 0)


def integer(field: str, value: object) -> Violation | None:
    """Accept a whole number of 64 bits."""
    if isinstance(value, bool):
        return Violation(field, "int_type", "Input should be a valid integer")
    return _whole_number(field, value, INT64_MIN)


def flag(field: str, value: object) -> Violation | None:
    """Accept true and false."""
    if isinstance(value, bool):
        return None
    return Violation(field, "bool_type", "Input should be a valid boolean")


def _whole_number(field: str, value: object, least: int) -> Violation | None:
    if not isinstance(value, int):
        return Violation(field, "int_type", "Input should be a valid integer")
    if value < least:
        message = f"Input should be greater than or equal to {least}"
        return Violation(field, "greater_than_equal", message)
    if value > INT64_MAX:
        message = f"Input should be less than or equal to {INT64_MAX}"
        return Violation(field, "less_than_equal", message)
    return None
