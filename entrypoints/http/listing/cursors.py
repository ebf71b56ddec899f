"""Cursors: a position in a list, sealed for the filters and the sort keys that it belongs to.

A cursor is base64url of a seal and the position's values in JSON. The seal is a digest of these
values and of the query, so that a damaged cursor, or one of another query, is noticed. It needs no
key: whoever forges a cursor gets nothing that he could not ask for.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import replace
from functools import lru_cache
from hashlib import blake2b
from typing import TypeVar

from pydantic_core import from_json, to_json

from domain.errors import InvalidQuery, Violation
from domain.filters import Filter
from domain.query import Position, Query, SortKey

VERSION = 1
"""Of what a cursor holds, and of what it means."""

SEAL = 9
"""Bytes of the digest."""

FINGERPRINT_CACHE_SIZE = 100

Q = TypeVar("Q", bound=Query)


def encode_cursor(query: Query, position: Position) -> str:
    """Return the cursor with which the query goes on after the position."""
    content = to_json(position)
    seal = blake2b(_fingerprint(query.filters, query.sort) + content, digest_size=SEAL).digest()
    return urlsafe_b64encode(seal + content).rstrip(b"=").decode()


def resume_at(query: Q, cursor: str) -> Q:
    """Return the query that goes on where the cursor says.

    Raises ``InvalidQuery`` unless ``encode_cursor`` makes the very same cursor of its position.
    """
    try:
        values = from_json(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))[SEAL:])
        if isinstance(values, list) and encode_cursor(query, tuple(values)) == cursor:
            return replace(query, after=tuple(values))
    except (ValueError, InvalidQuery):
        pass
    message = "Cursor is damaged, or belongs to another filter or sort"
    raise InvalidQuery([Violation("cursor", "cursor", message)])


@lru_cache(FINGERPRINT_CACHE_SIZE)
def _fingerprint(filters: tuple[Filter, ...], sort: tuple[SortKey, ...]) -> bytes:
    """Return what tells queries apart, in whatever order their filters were given."""
    conditions = sorted([each.name, each.value] for each in filters)
    keys = [[key.field, key.descending] for key in sort]
    return to_json([VERSION, conditions, keys])
