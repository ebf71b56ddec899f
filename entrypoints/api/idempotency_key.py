"""The Idempotency-Key header field: how a key is written, and what the OpenAPI document says of it.

The IETF's draft (draft-ietf-httpapi-idempotency-key-header) makes it a String of RFC 9651, in
quotation marks. Most clients send the bare characters. Both are read, and mean the same key.
"""

import re
from collections.abc import Sequence
from typing import Any

from fastapi.exceptions import RequestValidationError

NAME = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
"""What an answer says that was kept when the request came for the first time."""

KEY_MAX = 255
"""Most characters in a key, quotation marks and escapes not counted."""

QUOTED = r'(?:[ !#-\[\]-~]|\\["\\])'
"""A character of a String (RFC 9651, section 3.3.3); the quotation mark and the backslash are
escaped."""

BARE = r"[!#-+\--\[\]-~]"
"""A character of a bare key: visible, and no comma, which joins several fields on their way."""

KEY = f'^(?:{BARE}{{1,{KEY_MAX}}}|"{QUOTED}{{1,{KEY_MAX}}}")$'
ESCAPE = re.compile(r"\\(.)")

IDEMPOTENT: dict[str, Any] = {
    "parameters": [
        {
            "name": NAME,
            "in": "header",
            "description": (
                "Makes the request safe to repeat: sent again with the same key, it is not carried"
                " out again, and the first answer is given again. A key names one request of one"
                " client, as a UUID does. It may stand in quotation marks."
            ),
            "schema": {"type": "string", "pattern": KEY},
            "example": "8e03978e-40d5-43e8-bc93-6894a57f9324",
        }
    ],
    "responses": {
        "200": {
            "headers": {
                REPLAYED: {
                    "description": "There, and true, when an earlier request got the answer.",
                    "schema": {"type": "string", "enum": ["true"]},
                }
            }
        }
    },
}
"""``openapi_extra`` of an operation that can be repeated with a key. It may answer 409, too."""


def read_key(fields: Sequence[bytes]) -> str:
    """Return the key that the request's fields of this name hold.

    Raises ``RequestValidationError``, as FastAPI does for the headers that it reads.
    """
    if len(fields) > 1:
        raise _invalid("header_repeated", "Header should be sent once")
    text = fields[0].decode("latin-1").strip(" \t")
    if re.fullmatch(f'"{QUOTED}*"', text):
        key = ESCAPE.sub(r"\1", text[1:-1])
    elif re.fullmatch(f"{BARE}*", text):
        key = text
    else:
        raise _invalid(
            "string_pattern_mismatch",
            "Header should be visible ASCII without commas, or a quoted string of RFC 9651",
        )
    if not key:
        raise _invalid("string_too_short", "Key should have at least 1 character")
    if len(key) > KEY_MAX:
        raise _invalid("string_too_long", f"Key should have at most {KEY_MAX} characters")
    return key


def _invalid(type_: str, message: str) -> RequestValidationError:
    return RequestValidationError([{"type": type_, "loc": ("header", NAME), "msg": message}])
