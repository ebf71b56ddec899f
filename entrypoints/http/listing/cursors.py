"""Cursors: encoded positions in a list, each valid for the filters and sort keys of one query.

A cursor is base64url of a digest and of the position's values in JSON. The digest covers the values
and the query, so that a damaged cursor, or one of another query, is detected. It has no secret key:
a forged cursor returns nothing that another query would not return.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import replace
from functools import lru_cache
from hashlib import blake2b
from typing import Any, TypeVar

from pydantic_core import from_json, to_json

from domain.errors import InvalidQuery, Violation
from domain.filters import Filter
from domain.query import Position, Query, SortKey

VERSION = 1
"""Version of the format. The digest covers it, so a new version invalidates all cursors."""

DIGEST_SIZE = 9
"""Bytes."""

FINGERPRINT_CACHE_SIZE = 100

Q = TypeVar("Q", bound=Query)


def encode_cursor(query: Query, position: Position) -> str:
    """Return the cursor of the page that begins after the position."""
    content = to_json([_encode_value(value) for value in position])
    key = _fingerprint(query.filters, query.sort)
    digest = blake2b(key + content, digest_size=DIGEST_SIZE).digest()
    return urlsafe_b64encode(digest + content).rstrip(b"=").decode()


def resume_at(query: Q, cursor: str) -> Q:
    """Return the query with the position of the cursor.

    Raises ``InvalidQuery`` unless ``encode_cursor`` returns the same cursor for this position.
    """
    try:
        values = from_json(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))[DIGEST_SIZE:])
        if isinstance(values, list):
            position = tuple([_decode_value(value) for value in values])
            if encode_cursor(query, position) == cursor:
                return replace(query, after=position)
    except (ValueError, InvalidQuery):
        pass
    message = "Cursor is damaged, or belongs to another filter or sort"
    raise InvalidQuery([Violation("cursor", "cursor", message)])


def _encode_value(value: Any) -> Any:
    """Return the value for JSON. Bytes become an array that contains their hex digits."""
    return [value.hex()] if isinstance(value, bytes) else value


def _decode_value(value: Any) -> Any:
    """Return the value that was encoded. Raises ``ValueError``."""
    match value:
        case [str() as digits]:
            return bytes.fromhex(digits)
        case _:
            return value


@lru_cache(FINGERPRINT_CACHE_SIZE)
def _fingerprint(filters: tuple[Filter, ...], sort: tuple[SortKey, ...]) -> bytes:
    """Return bytes that identify the filters, in any order, and the sort keys."""
    conditions = sorted([each.name, each.value] for each in filters)
    keys = [[key.field, key.descending] for key in sort]
    return to_json([VERSION, conditions, keys])
