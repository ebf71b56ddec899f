"""Which media type a client would rather have (RFC 9110, sections 12.4.2 and 12.5.1)."""

import re
from collections.abc import Iterable, Mapping

from starlette.datastructures import Headers
from starlette.types import Scope

from entrypoints.http.header_fields import NEXT_PARAMETER, TCHAR, split_list

VARY = {"Vary": "Accept"}
"""What an answer says that might have had another media type (RFC 9110, section 12.5.5)."""

RANGE = re.compile(
    rf"({TCHAR}++/{TCHAR}++)"
    rf'(?:{NEXT_PARAMETER}charset="?utf-8"?)?'
    rf"(?:{NEXT_PARAMETER}q=(0(?:\.[0-9]{{0,3}})?|1(?:\.0{{0,3}})?)(?:{NEXT_PARAMETER}.*+)?)?"
    r"[ \t;]*+"
)
"""A media range in lower case, and its weight; what follows a weight is from the times of RFC 7231.

A range with a parameter holds nothing that is sent here, but for one: JSON has no ``charset``, and
clients send it with it all the same.
"""


def prefers(scope: Scope, media_type: str, *, to: str) -> bool:
    """Return whether the request's client would rather have ``media_type`` than the default ``to``.

    Of two that it likes alike it gets the default, unless it names the other one: who names it can
    read it. Who takes neither, or says nothing that can be read, has no preference.
    """
    weights = _weights(Headers(scope=scope).getlist("accept"))
    wanted, default = _weight(weights, media_type), _weight(weights, to)
    return wanted > default or (wanted == default > 0 and media_type in weights)


def _weight(weights: Mapping[str, float], media_type: str) -> float:
    """Return the weight of the most specific range that holds the media type."""
    ranges = (media_type, media_type.partition("/")[0] + "/*", "*/*")
    return next((weights[range_] for range_ in ranges if range_ in weights), 0)


def _weights(headers: Iterable[str]) -> Mapping[str, float]:
    """Return the weight of each range, the highest of one that is there twice.

    A malformed one is passed over.
    """
    weights: dict[str, float] = {}
    for header in headers:
        for found in filter(None, map(RANGE.fullmatch, split_list(header.lower()))):
            range_, weight = found[1], float(found[2] or 1)
            weights[range_] = max(weight, weights.get(range_, 0))
    return weights
