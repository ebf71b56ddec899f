"""Requests that are carried out once, however often they are sent with the same key.

The IETF's draft (draft-ietf-httpapi-idempotency-key-header) makes the header field Idempotency-Key
a String of RFC 9651, in quotation marks. Most clients send the bare characters. Both are read, and
mean the same key.
"""

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, TypeVar

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from starlette.responses import Response

from service_layer.idempotency import (
    Command,
    IdempotencyKey,
    IdempotencyStore,
    StoredResponse,
    execute_once,
)

T = TypeVar("T")

NAME = "Idempotency-Key"
FIELD = NAME.lower().encode()
"""The header's name as ASGI spells it."""

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


@dataclass(frozen=True, slots=True)
class Retention:
    """How long answers are kept, in seconds of the ``clock``. Processes have to agree on both."""

    lifetime: int = 24 * 60 * 60
    clock: Callable[[], float] = time.time


async def idempotent_response(
    request: Request, store: IdempotencyStore, command: Command[T], answer: Callable[[T], Response]
) -> Response:
    """Return the answer to the command's result; with a key, the same one each time.

    Without a key in the request it is carried out as it is.
    """
    fields = [value for name, value in request.scope["headers"] if name == FIELD]
    if not fields:
        return answer(await command())
    retention: Retention = request.app.state.retention
    key = IdempotencyKey(read_key(fields), await _fingerprint(request), int(retention.clock()))

    def to_keep(result: T) -> StoredResponse:
        return _stored(answer(result))

    stored, replayed = await execute_once(store, key, command, to_keep, lifetime=retention.lifetime)
    return _given(stored, replayed=replayed)


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


async def _fingerprint(request: Request) -> bytes:
    """Return a hash of method, path and body. The first two hold no line break.

    The query is left out: no route that takes a key reads one.
    """
    head = b"%b %b\n" % (request.method.encode(), request.scope["raw_path"])
    return sha256(head + await request.body()).digest()


def _stored(response: Response) -> StoredResponse:
    headers = (
        (name.decode("latin-1"), text.decode("latin-1")) for name, text in response.raw_headers
    )
    return StoredResponse(response.status_code, tuple(headers), bytes(response.body))


def _given(stored: StoredResponse, *, replayed: bool) -> Response:
    response = Response(stored.body, stored.status)
    response.raw_headers = [
        (name.encode("latin-1"), text.encode("latin-1")) for name, text in stored.headers
    ]
    if replayed:
        response.headers[REPLAYED] = "true"
    return response


def _invalid(type_: str, message: str) -> RequestValidationError:
    return RequestValidationError([{"type": type_, "loc": ("header", NAME), "msg": message}])
