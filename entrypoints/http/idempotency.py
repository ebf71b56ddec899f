"""Requests that are executed once, however often they are sent with the same key.

A route reads the key, returns the replay if there is one, runs its use case, saves the response and
commits, in this order and in one unit of work.

In the IETF draft (draft-ietf-httpapi-idempotency-key-header) the header field Idempotency-Key is a
String of RFC 9651, in quotation marks. Most clients send bare characters. Both forms are accepted,
and mean the same key.
"""

import re
from collections.abc import Collection, Sequence
from hashlib import sha256
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from starlette.responses import Response
from starlette.types import Scope

from entrypoints.http.authentication.access import ACCESS, PRINCIPAL, identify_client
from entrypoints.http.header_fields import STRING_CHARACTER, parse_string, strip_blanks
from entrypoints.http.paths import raw_path
from service_layer.authentication import NotAuthenticated
from service_layer.idempotency import (
    IdempotencyKey,
    IdempotencyStore,
    StoredResponse,
    claim_key,
    store_response,
)
from service_layer.retention import Retention

NAME = "Idempotency-Key"
FIELD = NAME.lower().encode()
"""The header's name in lower case, as in ASGI."""

LOC = ("header", NAME.lower())
"""The header as the location of an error, in lower case, as FastAPI spells headers."""

REPLAYED = "Idempotency-Replayed"
"""The header of a replayed response."""

KEY_MAX = 255
"""Maximum length of a key in characters, without quotation marks and escapes."""

BARE = r"[!#-+\--\[\]-~]"
"""A character of a bare key: visible ASCII except comma, quotation mark and backslash."""

KEY = f'^(?:{BARE}{{1,{KEY_MAX}}}|"{STRING_CHARACTER}{{1,{KEY_MAX}}}")$'
_BARE_KEY = re.compile(f"{BARE}*+")

IDEMPOTENT: dict[str, Any] = {
    "parameters": [
        {
            "name": NAME,
            "in": "header",
            "description": (
                "Makes the request safe to retry: a request with the same key is not executed"
                " again, and gets the first response. A key identifies one request of one client;"
                " use a UUID, such as `8e03978e-40d5-43e8-bc93-6894a57f9324`. It may be in"
                " quotation marks. If the response takes more than 64 KiB when compressed, nothing"
                " is changed, and the response is 422."
            ),
            "schema": {"type": "string", "pattern": KEY},
        }
    ],
    "responses": {
        "200": {
            "headers": {
                REPLAYED: {
                    "description": "Sent, as true, with a replayed response.",
                    "schema": {"type": "string", "enum": ["true"]},
                }
            }
        }
    },
}
"""``openapi_extra`` of an operation that accepts a key. The operation documents 409 as well."""


async def read_idempotency_key(
    request: Request, included: Collection[str] = ()
) -> IdempotencyKey | None:
    """Return the request's key, or ``None`` for a request without one.

    ``included`` are the members that the query string adds to the response.
    Raises ``RequestValidationError`` for a malformed key, and ``NotAuthenticated`` if there is no
    principal to which it belongs.
    """
    fields = [value for name, value in request.scope["headers"] if name == FIELD]
    if not fields:
        return None
    retention: Retention = request.app.state.retention
    fingerprint = await _fingerprint(request, included)
    owner = None if retention.limit_per_client is None else identify_client(request.scope)
    return IdempotencyKey(_qualify(read_key(fields), request.scope), fingerprint, retention, owner)


async def replay(store: IdempotencyStore, key: IdempotencyKey | None) -> Response | None:
    """Claim the key, and return the response that is stored under it, if there is one.

    Raises ``KeyReused``, ``KeyInProgress`` and ``KeyLimitReached``.
    """
    stored = await claim_key(store, key) if key is not None else None
    if stored is None:
        return None
    response = Response(stored.body, stored.status)
    response.raw_headers = [
        (name.encode("latin-1"), value.encode("latin-1")) for name, value in stored.headers
    ]
    response.headers[REPLAYED] = "true"
    return response


async def save_response(
    store: IdempotencyStore, key: IdempotencyKey | None, response: Response
) -> None:
    """Store the response under the claimed key, if there is a key. Raises ``ResponseTooLarge``."""
    if key is not None:
        headers = [
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, value in response.raw_headers
        ]
        stored = StoredResponse(response.status_code, tuple(headers), bytes(response.body))
        await store_response(store, key, stored)


def read_key(fields: Sequence[bytes]) -> str:
    """Return the key from the header's values.

    Raises ``RequestValidationError``, as FastAPI does for invalid headers.
    """
    if len(fields) > 1:
        raise _invalid("header_repeated", "Header should be sent once")
    text = strip_blanks(fields[0].decode("latin-1"))
    key = text if _BARE_KEY.fullmatch(text) else parse_string(text)
    if key is None:
        raise _invalid(
            "string_pattern_mismatch",
            "Header should be visible ASCII without commas, or a quoted string of RFC 9651",
        )
    if not key:
        raise _invalid("string_too_short", "Key should have at least 1 character")
    if len(key) > KEY_MAX:
        raise _invalid("string_too_long", f"Key should have at most {KEY_MAX} characters")
    return key


def _qualify(key: str, scope: Scope) -> str:
    """Return the key after the id of the principal, so that no other principal's key is equal.

    No key contains a line break, so the last one in the text separates them. Anonymous clients
    share one space of keys.
    """
    principal = scope.get(PRINCIPAL)
    if principal is not None:
        return f"{principal.id}\n{key}"
    if ACCESS in scope and not scope[ACCESS].is_open:
        raise NotAuthenticated  # of an override of ``get_principal``: the route lacks ``authorize``
    return key


async def _fingerprint(request: Request, included: Collection[str]) -> bytes:
    """Return a hash of method, path, included members and body.

    The first ones contain no line break, and a path no question mark. No route that accepts a key
    reads anything else in the query string.
    """
    members = f"?{','.join(sorted(included))}".encode() if included else b""
    head = b"%b %b%b\n" % (request.method.encode(), raw_path(request.scope), members)
    return sha256(head + await request.body()).digest()


def _invalid(type_: str, message: str) -> RequestValidationError:
    return RequestValidationError([{"type": type_, "loc": LOC, "msg": message}])
