"""Links from a collection: to one of its members, and from page to page (RFC 8288)."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from starlette.requests import Request

from domain.query import Query
from domain.rules import INT64_MAX
from entrypoints.http.listing.cursors import encode_cursor
from entrypoints.http.listing.query_string import known_parameters
from entrypoints.http.paths import external_path

TARGET_CACHE_SIZE = 100
"""Most clients begin with the same few requests."""

LINKS: dict[str, Any] = {
    "Link": {
        "description": (
            "With a full page, the way to the next one (RFC 8288). It keeps filters and order, and "
            "goes on by `cursor`, or by `offset` if the request has one."
        ),
        "schema": {"type": "string"},
        "example": '</?limit=100&cursor=MquiqZWV6nJeWzVd>; rel="next"',
    }
}
"""How the OpenAPI document tells of it."""


def member_path(request: Request, member_id: int) -> str:
    """Return the path of a member of the collection that the request is for."""
    return quote(f"{external_path(request.scope)}{member_id}")


def next_page(request: Request, query: Query, page: Sequence[object]) -> dict[str, str]:
    """Return the header that leads on from a full page.

    The target is a path, so that it does not repeat whatever host the client claims to have asked.
    """
    if not page or len(page) < query.limit:
        return {}
    if "offset" not in request.query_params:
        return _link(request, query, "cursor", encode_cursor(query, query.position(page[-1])))
    offset = query.offset + query.limit
    return _link(request, query, "offset", str(offset)) if offset <= INT64_MAX else {}


def _link(request: Request, query: Query, name: str, value: str) -> dict[str, str]:
    path, parameters = external_path(request.scope), request.scope["query_string"]
    # mypy takes the class for hashed as its instances are.
    target = _target(type(query), path, parameters, name)  # type: ignore[arg-type]
    return {"Link": f'<{target}{value}>; rel="next"'}


@lru_cache(TARGET_CACHE_SIZE)
def _target(kind: type[Query], path: str, parameters: bytes, name: str) -> str:
    """Return the path with the parameters that matter, up to the value of this one, the last.

    Others would let anyone make a header that is too large for what stands in between.
    """
    given = parse_qsl(parameters.decode("latin-1"), keep_blank_values=True)
    known = known_parameters(kind) - {name}
    kept = [each for each in given if each[0] in known]
    return f"{quote(path)}?{urlencode([*kept, (name, '')], safe=',')}"
