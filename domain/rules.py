"""Validation rules for the values of any entity.

A rule takes a field's name and a value of any type. It returns a ``Violation``, or ``None`` if the
value is valid. The codes are those of pydantic where pydantic has one, so that clients handle the
same codes for errors of either layer.
"""

from collections.abc import Callable

from domain.errors import Violation

TEXT_MAX = 255
"""Maximum length of a text, in Unicode code points."""

INT64_MAX = 2**63 - 1
"""Largest value of a signed 64-bit column."""

INT64_MIN = -(2**63)
"""Smallest value of a signed 64-bit column."""

Rule = Callable[[str, object], Violation | None]


def text(field: str, value: object) -> Violation | None:
    """Accept a storable text of 1 to ``TEXT_MAX`` characters that is not only white space."""
    if isinstance(value, str):
        if not value or value.isspace():
            return Violation(field, "string_blank", "String should not be blank")
        if len(value) > TEXT_MAX:
            return Violation(
                field, "string_too_long", f"String should have at most {TEXT_MAX} characters"
            )
    return storable_text(field, value)


def optional_text(field: str, value: object) -> Violation | None:
    """Accept ``None`` or what ``text`` accepts."""
    return None if value is None else text(field, value)


def storable_text(field: str, value: object) -> Violation | None:
    """Accept any text that every supported database can store, including blank and long ones.

    UTF-8 cannot encode a lone surrogate, and PostgreSQL does not store NUL.
    """
    if isinstance(value, str) and "\0" in value:
        return Violation(field, "string_nul", "String should not contain the NUL character")
    return unicode_text(field, value)


def unicode_text(field: str, value: object) -> Violation | None:
    """Accept any text that UTF-8 can encode."""
    if not isinstance(value, str):
        return Violation(field, "string_type", "Input should be a valid string")
    if not _is_encodable(value):
        return Violation(field, "string_unicode", "String should not contain a lone surrogate")
    return None


def _is_encodable(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def count(field: str, value: object) -> Violation | None:
    """Accept an integer from 0 to ``INT64_MAX``."""
    return _validate_integer(field, value, 0)


def optional_count(field: str, value: object) -> Violation | None:
    """Accept ``None`` or an integer from 0 to ``INT64_MAX``."""
    return None if value is None else count(field, value)


def optional_id(field: str, value: object) -> Violation | None:
    """Accept ``None`` or an id. Whether an entity has it is checked by the database."""
    return None if value is None else integer(field, value)


def integer(field: str, value: object) -> Violation | None:
    """Accept an integer from ``INT64_MIN`` to ``INT64_MAX``. A boolean is not an integer."""
    if isinstance(value, bool):
        return Violation(field, "int_type", "Input should be a valid integer")
    return _validate_integer(field, value, INT64_MIN)


def boolean(field: str, value: object) -> Violation | None:
    """Accept ``True`` and ``False``."""
    if isinstance(value, bool):
        return None
    return Violation(field, "bool_type", "Input should be a valid boolean")


def _validate_integer(field: str, value: object, minimum: int) -> Violation | None:
    if not isinstance(value, int):
        return Violation(field, "int_type", "Input should be a valid integer")
    if value < minimum:
        message = f"Input should be greater than or equal to {minimum}"
        return Violation(field, "greater_than_equal", message)
    if value > INT64_MAX:
        message = f"Input should be less than or equal to {INT64_MAX}"
        return Violation(field, "less_than_equal", message)
    return None
