"""Links from a collection: to one of its members, and from page to page (RFC 8288)."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request

from domain.query import Query
from domain.rules import INT64_MAX
from entrypoints.http.listing.cursors import encode_cursor
from entrypoints.http.listing.query_string import known_parameters
from entrypoints.http.paths import external_path

TARGET_CACHE_SIZE = 100
"""Most clients start with the same few requests."""

LINKS: dict[str, Any] = {
    "Link": {
        "description": (
            "The link to the next page (RFC 8288), if this page is full. Its target is relative to "
            "the URL of the request. It keeps the filters and the order, and continues by "
            "`cursor`, or by `offset` if the request has one."
        ),
        "schema": {"type": "string"},
        "example": '<?limit=100&cursor=MquiqZWV6nJeWzVd>; rel="next"',
    }
}
"""The header in the OpenAPI document."""


def member_path(request: Request, member_id: int) -> str:
    """Return the path of a member of the collection that the request is for."""
    return f"{external_path(request.scope)}{member_id}"


def next_page(request: Request, query: Query, page: Sequence[object]) -> dict[str, str]:
    """Return the ``Link`` header of a full page, or no header.

    The target is a query, relative to the URL of the request. So it holds under any prefix that a
    proxy adds, and never repeats a ``Host`` that the client made up.
    """
    if not page or len(page) < query.limit:
        return {}
    if "offset" not in request.query_params:
        return _link(request, query, "cursor", encode_cursor(query, query.position_of(page[-1])))
    offset = query.offset + query.limit
    return _link(request, query, "offset", str(offset)) if offset <= INT64_MAX else {}


def _link(request: Request, query: Query, name: str, value: str) -> dict[str, str]:
    # mypy applies the hash of the instances to the class.
    target = _target(type(query), request.scope["query_string"], name)  # type: ignore[arg-type]
    return {"Link": f'<{target}{value}>; rel="next"'}


@lru_cache(TARGET_CACHE_SIZE)
def _target(kind: type[Query], parameters: bytes, name: str) -> str:
    """Return the known parameters, ending with this one without its value.

    Unknown parameters are left out: a client could make the header too large for a proxy.
    """
    known = known_parameters(kind) - {name}
    pairs = parse_qsl(parameters.decode("latin-1"), keep_blank_values=True)
    repeated = [(key, value) for key, value in pairs if key in known]
    return f"?{urlencode([*repeated, (name, '')], safe=',')}"
