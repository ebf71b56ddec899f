"""The grammar that header fields share (RFC 9110, section 5.6).

Parsing takes time linear in the length of the text, whatever the text is: every unbounded repeat is
possessive, so there is no backtracking. ``tests/unit/http/patterns`` tests every pattern for it.
"""

import re
from collections.abc import Iterable, Iterator

TCHAR = r"[!#$%&'*+.^_`|~0-9A-Za-z-]"
"""The pattern of a character of a token (section 5.6.2)."""

NEXT_PARAMETER = r"[ \t]*+;[ \t;]*+"
"""The pattern of what precedes a parameter (section 5.6.6).

This is a semicolon in optional whitespace. Further semicolons are empty parameters.
"""

STRING_CHARACTER = r'(?:[ !#-\[\]-~]|\\["\\])'
"""The pattern of a character of a String (RFC 9651, section 3.3.3).

The character is printable ASCII; the quotation mark and the backslash are escaped. JSON Schema can
use this pattern.
"""

MAX_SIZE = 1024
"""Maximum number of characters that are parsed of a field that only states preferences."""

_BLANKS = " \t"
_OPEN_STRING = r'"(?:[^"\\]++|\\.)*+'
_QUOTED_STRING = f'{_OPEN_STRING}"'

_ELEMENT = re.compile(rf'(?:[^,"]++|{_OPEN_STRING}"?+)++')
_NAMED_VALUE = re.compile(
    rf"[ \t]*+({TCHAR}++)[ \t]*+(?:=[ \t]*+({TCHAR}++|{_QUOTED_STRING})?[ \t]*+)?(?:;.*+)?"
)
_STRING = re.compile(f'"{STRING_CHARACTER}*+"')
_ESCAPE = re.compile(r"\\(.)")


def limit_size(values: Iterable[str]) -> Iterator[str]:
    """Yield the values of a header field up to ``MAX_SIZE`` characters in total.

    Of a value that is too long, the elements that fit are yielded.
    """
    left = MAX_SIZE
    for value in values:
        if len(value) > left:
            yield value[:left].rpartition(",")[0]
            return
        left -= len(value)
        yield value


def strip_blanks(text: str) -> str:
    """Return the text without the optional whitespace around it (section 5.6.3)."""
    return text.strip(_BLANKS)


def split_list(text: str) -> list[str]:
    """Return the elements of a list, well-formed or not, without the empty ones (section 5.6.1.2).

    A comma in a quoted string does not separate. A quoted string that is not closed ends with the
    text.
    """
    elements = _ELEMENT.findall(text) if '"' in text else text.split(",")
    return [element for each in elements if (element := each.strip(_BLANKS))]


def compile_list(element: str) -> re.Pattern[str]:
    """Return the pattern of a list whose elements match or are empty (section 5.6.1.2)."""
    return re.compile(rf"[ \t,]*+(?:{element}[ \t]*+(?:,[ \t,]*+|\Z))*+")


def parse_named_value(text: str) -> tuple[str, str] | None:
    """Return the name, in lower case, and the value of ``name``, ``name=token`` or ``name="text"``.

    The value is ``""`` where there is none. Parameters after a semicolon are ignored. Returns
    ``None`` for any other text.
    """
    if not (found := _NAMED_VALUE.fullmatch(text)):
        return None
    name, value = found.groups("")
    return name.lower(), _unquote(value) if value[:1] == '"' else value


def parse_string(text: str) -> str | None:
    """Return the value of a String (RFC 9651, section 3.3.3), or ``None`` for any other text."""
    return _unquote(text) if _STRING.fullmatch(text) else None


def _unquote(quoted: str) -> str:
    """Return the value of a quoted string (section 5.6.4)."""
    return _ESCAPE.sub(r"\1", quoted[1:-1])
